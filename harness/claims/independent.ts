import type { TwinBuild } from '../rebuild/types.ts';
import { type Host, type Placement, placementOf } from '../record/host.ts';
import { failedBuild, undecided } from './failed-build.ts';
import type { Claim, ClaimContext, Detail, Finding } from './types.ts';

/**
 * The builds had neither machine nor kernel in common, so that what one machine does to all that it builds would show. Whose
 * machines they are nobody can see: it is not SLSA's build-reproduced property.
 */
export const independent: Claim = {
  id: 'independent',
  statement: 'was built on different hosts',
  passes:
    'no two of the builds ran on one node or one running kernel (`placement: different-hosts`, [jobs](jobs.md#where-it-is-built))',
  fails: 'two of them did; they are named',
  check,
};

function check({ builds, buildEvidence: evidence }: ClaimContext): Promise<Finding> {
  return Promise.resolve(judge(builds, evidence));
}

/** What the places of the builds say. */
export function judge(builds: TwinBuild[], evidence: ClaimContext['buildEvidence']): Finding {
  const failed = failedBuild(builds);
  if (failed !== undefined) return undecided(failed.error, evidence);
  const unknown = builds.find(({ host }) => host.bootId === null);
  if (unknown !== undefined) {
    const message = `build ${unknown.twin} could not read the boot id of the kernel that it ran on`;
    return undecided({ code: 'unsupported', message }, evidence);
  }
  const placement = placementOf(builds.map(({ host }) => host));
  const detail: Detail = { placement, hosts: builds.map(({ twin, host }) => ({ twin, ...host })) };
  if (placement !== 'different-hosts') {
    return { verdict: 'fail', summary: nearestPair(builds, placement), detail, evidence };
  }
  const nodes = builds.map(({ twin, host }) => `${twin} on ${host.node}`).join(', ');
  return { verdict: 'pass', summary: `built on different hosts: ${nodes}`, detail, evidence };
}

/** The two builds that decide. */
function nearestPair(builds: readonly TwinBuild[], placement: Placement | null): string {
  for (const [index, a] of builds.entries()) {
    for (const b of builds.slice(index + 1)) {
      if (placementOf([a.host, b.host]) === placement) return togetherText(a, b);
    }
  }
  return '';
}

function togetherText(a: { twin: string; host: Host }, b: { twin: string; host: Host }): string {
  const twins = `${a.twin} and ${b.twin}`;
  if (a.host.node !== b.host.node) {
    return `${twins} were built on one kernel, in nodes ${a.host.node} and ${b.host.node}`;
  }
  const kernels =
    a.host.bootId === b.host.bootId
      ? ''
      : ', with a kernel each: it was started again, or runs virtual machines; TWINPROOF_NODE tells machines of one name apart';
  return `${twins} were built on one node, ${a.host.node}${kernels}`;
}
