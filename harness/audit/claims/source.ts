import { posix } from 'node:path';
import type { Chosen } from '../choose.ts';
import { recordedContainerfile } from '../read/buildkit.ts';
import { isSame } from '../read/same.ts';
import { agreedSource, signedText } from '../source/agreed.ts';
import type { Wanted } from '../source/clone.ts';
import type { Checkout } from '../source/types.ts';
import { signed } from './signed.ts';
import { type AuditCase, type AuditClaim, type AuditFinding, finding } from './types.ts';

export const source: AuditClaim = {
  id: 'source',
  passes:
    'labels and provenance agree on repository, commit and Containerfile, and the repository has the commit, on the branch or tag that provenance names, or else on any; a checkout that is given is at it, unchanged',
  check: (audited) => {
    const { platforms, source: found } = audited;
    const early = beforeSource(audited);
    if ('verdict' in early) return early;
    const { commit } = early;
    switch (found.kind) {
      case 'checkout':
        return againstCheckout(commit, found.checkout, platforms);
      case 'absent':
        return finding('fail', found.message);
      case 'unavailable':
        return finding(
          'not-checked',
          `labels and provenance agree on ${commit}; source-unavailable: ${found.message}`,
          [],
          '--source DIR, a checkout of that commit',
        );
      case 'not-asked':
        return finding(
          'not-checked',
          `labels and provenance agree on ${commit}; the source itself was not looked at`,
          [],
          '--source DIR, a checkout of that commit',
        );
    }
  },
};

/** The source that is to be looked at, or what the claim says without looking at it. */
export function beforeSource(audited: Pick<AuditCase, 'evidence' | 'platforms'>): Wanted | AuditFinding {
  const { platforms } = audited;
  if (signed.check(audited).verdict !== 'pass' && platforms.some(({ provenance }) => provenance === null))
    return finding(
      'not-checked',
      'neither a signature nor provenance of every image verifies',
      [],
      'a signature or provenance that verifies',
    );
  const agreed = agreedSource(platforms);
  if (agreed.kind === 'contradicted') return finding('fail', agreed.against[0] ?? '', agreed.against);
  if (agreed.kind === 'unsaid')
    return finding('not-checked', agreed.what, [], 'a commit in provenance or labels');
  return agreed.wanted;
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
  const there = checkout.isClone
    ? `${checkout.from} has the commit ${commit}`
    : `the checkout is at ${commit}, unchanged`;
  return finding('pass', `${there}, and labels and provenance agree with it`, [...new Set(details)]);
}

interface Against {
  fault: string | null;
  reported: string[];
}

/** The branch or tag that is named, and the Containerfile, are those of the checkout. */
async function againstFiles({ recipe, provenance }: Chosen, checkout: Checkout): Promise<Against> {
  const reported: string[] = [];
  const ref = signedText(recipe, 'ref');
  if (ref !== null) {
    const isOn = await checkout.isOn(ref);
    if (isOn === false) return { fault: `the commit is not on ${ref}`, reported };
    reported.push(
      isOn === null
        ? `${ref} is not in the checkout, so that it was not looked at`
        : `the commit is on ${ref}`,
    );
  }
  const path = signedText(recipe, 'containerfile');
  if (path === null || /^https?:/.test(path)) return { fault: null, reported };
  const context = signedText(recipe, 'context') ?? '.';
  const file = (await checkout.file(posix.join(context, path))) ?? (await checkout.file(path));
  if (file === null) return { fault: `the commit has no ${path}`, reported };
  const recorded = provenance === null ? null : recordedContainerfile(provenance.statement.predicate);
  if (recorded !== null && recorded !== file)
    return { fault: `${path} is not what the provenance recorded`, reported };
  return { fault: null, reported: [...reported, `the commit has ${path}`] };
}
