import { isPinned } from '../read/facts.ts';
import { valueOf } from '../read/recipe.ts';
import { withoutProvenance } from './provenance.ts';
import { type AuditClaim, finding } from './types.ts';

export const builder: AuditClaim = {
  id: 'builder',
  passes:
    'provenance names the image that the build ran in, and the task that ran it, by digest, and nothing contradicts it',
  check: (audited) => {
    const none = withoutProvenance(audited);
    if (none !== null) return none;
    const read = audited.platforms.filter(({ provenance }) => provenance !== null);
    const named = read.flatMap(({ recipe, image }) =>
      (['builder', 'task'] as const).flatMap((field) => {
        const reading = valueOf(recipe, field);
        // A workflow of GitHub is no image, and named as GitHub names it.
        const isImage = typeof reading?.value === 'string' && !reading.value.startsWith('https://');
        return reading !== null && isImage
          ? [{ field, reading, value: String(reading.value), platform: image.platform }]
          : [];
      }),
    );
    const details = named.map(({ field, value, platform }) => `${platform}: ${field} ${value}`);
    const wrong = named.find(({ value }) => !isPinned(value));
    if (wrong !== undefined)
      return finding('fail', `the ${wrong.field} is not named by digest: ${wrong.value}`, details);
    const against = named.find(({ reading }) => reading.contradictedBy.length > 0);
    if (against !== undefined)
      return finding(
        'fail',
        `the ${against.field} is ${against.value}, and also ${String(against.reading.contradictedBy[0]?.value)}`,
        details,
      );
    const open = read.filter(
      ({ image }) => !named.some(({ platform, field }) => platform === image.platform && field === 'builder'),
    );
    const [first] = open;
    return first === undefined
      ? finding(
          'pass',
          [...new Set(named.filter(({ field }) => field === 'builder').map(({ value }) => value))].join(', '),
          details,
        )
      : finding(
          'not-checked',
          `the provenance names no image that the build ran in (${first.recipe.form ?? ''}, ${first.image.platform})`,
          details,
          'provenance that names its builder, as Tekton Chains does',
        );
  },
};
