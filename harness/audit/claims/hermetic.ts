import { originText } from '../read/origin-text.ts';
import { valueOf } from '../read/recipe.ts';
import { ofRebuilds } from './rebuilt.ts';
import { type AuditCase, type AuditClaim, type AuditFinding, finding } from './types.ts';

export const hermetic: AuditClaim = {
  id: 'hermetic',
  passes:
    'the rebuilds succeeded without a network, from files that checksums prove, and one of them is the published image',
  check: (audited) => {
    const said = wordOf(audited);
    const { summary, details, ...rest } = ofRebuilds(
      audited,
      ({ network, published }) => {
        const [first] = network.unverified;
        if (first !== undefined)
          return finding(
            'not-checked',
            `no checksum proves ${first}`,
            network.unverified,
            'checksums in the lock',
          );
        // Of a build that came to something else, it is not known what the published one used.
        if (!published.equal)
          return finding(
            'not-checked',
            'the rebuild is not the published image',
            [],
            'a rebuild that equals it',
          );
        const asked =
          network.attempts === 0 ? '' : `; asked for one ${network.attempts} times and went on without`;
        return finding('pass', `rebuilt without a network${asked}`, network.refused);
      },
      ({ network, twin, message }) =>
        network.attempts > 0
          ? finding(
              'fail',
              `twin ${twin} could not be built: it needs network access, which was blocked`,
              network.refused,
            )
          : finding('error', `twin ${twin} could not be built: ${message}`, [], 'a build that works'),
    );
    return {
      ...rest,
      summary: said === '' ? summary : `${summary} (${said})`,
      details,
    } satisfies AuditFinding;
  },
};

/** What the makers say of it. */
function wordOf({ platforms }: AuditCase): string {
  const said = platforms.flatMap(({ recipe }) => {
    const reading = valueOf(recipe, 'hermetic');
    return reading === null ? [] : [`its makers say ${String(reading.value)}, ${originText(reading.from)}`];
  });
  return [...new Set(said)].join('; ');
}
