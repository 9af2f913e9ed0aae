import { isPinned } from '../read/facts.ts';
import type { Chosen } from '../choose.ts';
import { isSigned, valueOf } from '../read/recipe.ts';
import type { Value, ValueSource } from '../read/types.ts';
import { withoutProvenance } from './provenance.ts';
import { type AuditClaim, finding } from './types.ts';

export const builder: AuditClaim = {
  id: 'builder',
  passes:
    'provenance names the image that the build ran in, and the task that ran it, by digest, and nothing contradicts it',
  check: (audited) => {
    const none = withoutProvenance(audited);
    if (none !== null) return none;
    const named = audited.platforms.flatMap((one) => namedIn(one));
    const details = named.map(({ field, value, of }) => `${of.image.platform}: ${field} ${value}`);
    const wrong = named.find(({ value }) => !isPinned(value));
    if (wrong !== undefined)
      return finding('fail', `the ${wrong.field} is not named by digest: ${wrong.value}`, details);
    const against = named.find(({ other }) => other !== null);
    if (against !== undefined)
      return finding(
        'fail',
        `the ${against.field} is ${against.value}, and also ${String(against.other)}`,
        details,
      );
    // One platform without provenance is one whose builder nobody names.
    const open = audited.platforms.filter(
      (one) => !named.some(({ of, field }) => of === one && field === 'builder'),
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
          `no provenance names the image that the build of ${first.image.platform} ran in${first.recipe.form === null ? '' : ` (${first.recipe.form})`}`,
          details,
          'provenance that names its builder, as Tekton Chains does',
        );
  },
};

interface Named {
  of: Chosen;
  field: 'builder' | 'task';
  value: string;
  /** What another source says that somebody signed. */
  other: Value | null;
}

/** The word of somebody who signed it, not of whoever audits. */
const isTheirs = (one: { from: ValueSource }): boolean => isSigned(one) && one.from.kind !== 'given';

/** Images that somebody signed for as those of the build. A workflow of GitHub is none. */
function namedIn(of: Chosen): Named[] {
  return (['builder', 'task'] as const).flatMap((field) => {
    const reading = valueOf(of.recipe, field);
    if (of.provenance === null || reading === null || !isTheirs(reading)) return [];
    const { value, contradictedBy } = reading;
    if (typeof value !== 'string' || value.startsWith('https://')) return [];
    return [{ of, field, value, other: contradictedBy.find(isTheirs)?.value ?? null }];
  });
}
