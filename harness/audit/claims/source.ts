import { posix } from 'node:path';
import type { Chosen } from '../choose.ts';
import { recordedContainerfile } from '../read/buildkit.ts';
import { isSame } from '../read/same.ts';
import { isSigned, valueOf } from '../read/recipe.ts';
import { originText } from '../read/origin-text.ts';
import type { Field } from '../read/types.ts';
import type { Checkout } from '../source/checkout.ts';
import { signed } from './signed.ts';
import { type AuditClaim, type AuditFinding, finding } from './types.ts';

/** Of what several sources must say the same. */
const AGREED: readonly Field[] = ['repository', 'commit', 'containerfile', 'labels'];

export const source: AuditClaim = {
  id: 'source',
  passes:
    'labels and provenance agree on repository, commit and Containerfile, and the checkout that was given is at that commit, unchanged',
  check: async (audited) => {
    const { platforms, checkout } = audited;
    if (signed.check(audited).verdict !== 'pass' && platforms.some(({ provenance }) => provenance === null))
      return finding(
        'not-checked',
        'neither a signature nor provenance of every image verifies',
        [],
        'a signature or provenance that verifies',
      );
    const against = platforms.flatMap((one) => contradictionsOf(one));
    if (against.length > 0) return finding('fail', against[0] ?? '', against);
    const said = commitsOf(platforms);
    const [commit, ...others] = said;
    if (commit === undefined)
      return finding('not-checked', 'no source names the commit', [], 'a commit in provenance or labels');
    if (others.length > 0)
      return finding('fail', `the platforms are of different commits: ${said.join(', ')}`);
    return checkout === null
      ? finding(
          'not-checked',
          `labels and provenance agree on ${commit}; the source itself was not looked at`,
          [],
          '--source DIR, a checkout of that commit',
        )
      : againstCheckout(commit, checkout, platforms);
  },
};

const commitsOf = (platforms: readonly Chosen[]): string[] => [
  ...new Set(platforms.flatMap(({ recipe }) => verifiedValue(recipe, 'commit') ?? [])),
];

/** Of the sources that somebody signed, which labels of a signed image are. */
function verifiedValue(recipe: Chosen['recipe'], field: Field): string | null {
  const reading = valueOf(recipe, field);
  return reading !== null && isSigned(reading) && typeof reading.value === 'string' ? reading.value : null;
}

function contradictionsOf({ recipe, image }: Chosen): string[] {
  return recipe.readings
    .filter((one) => AGREED.includes(one.field) && isSigned(one))
    .flatMap(({ field, value, from, contradictedBy }) =>
      contradictedBy
        .filter(isSigned)
        .map(
          (other) =>
            `${image.platform}: ${field} is ${String(value)} by ${originText(from)}, and ${String(other.value)} by ${originText(other.from)}`,
        ),
    );
}

async function againstCheckout(
  commit: string,
  checkout: Checkout,
  platforms: readonly Chosen[],
): Promise<AuditFinding> {
  if (!isSame('commit', checkout.commit, commit))
    return finding('fail', `the checkout is at ${checkout.commit}, the image is of ${commit}`);
  const [first] = checkout.changes;
  if (first !== undefined)
    return finding('fail', `the checkout was changed: ${first.trim()}`, checkout.changes.slice(0, 100));
  const details: string[] = [];
  for (const one of platforms) {
    const { fault, reported } = await againstFiles(one, checkout);
    if (fault !== null) return finding('fail', `${one.image.platform}: ${fault}`);
    details.push(...reported);
  }
  return finding('pass', `the checkout is at ${commit}, unchanged, and labels and provenance agree with it`, [
    ...new Set(details),
  ]);
}

interface Against {
  fault: string | null;
  reported: string[];
}

/** The branch or tag that is named, and the Containerfile, are those of the checkout. */
async function againstFiles({ recipe, provenance }: Chosen, checkout: Checkout): Promise<Against> {
  const reported: string[] = [];
  const ref = verifiedValue(recipe, 'ref');
  if (ref !== null) {
    const isOn = await checkout.isOn(ref);
    if (isOn === false) return { fault: `the commit is not on ${ref}`, reported };
    reported.push(
      isOn === null
        ? `${ref} is not in the checkout, so that it was not looked at`
        : `the commit is on ${ref}`,
    );
  }
  const path = verifiedValue(recipe, 'containerfile');
  if (path === null || /^https?:/.test(path)) return { fault: null, reported };
  const context = verifiedValue(recipe, 'context') ?? '.';
  const file = (await checkout.file(posix.join(context, path))) ?? (await checkout.file(path));
  if (file === null) return { fault: `the commit has no ${path}`, reported };
  const recorded = provenance === null ? null : recordedContainerfile(provenance.statement.predicate);
  if (recorded !== null && recorded !== file)
    return { fault: `${path} is not what the provenance recorded`, reported };
  return { fault: null, reported: [...reported, `the commit has ${path}`] };
}
