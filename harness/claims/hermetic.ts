import { isNested } from '../rebuild/nested.ts';
import { inputNameOf } from '../lock/format.ts';
import type { Claim, ClaimContext, Finding } from './types.ts';
import { unansweredUrls } from '../rebuild/network/plan.ts';
import { failedBuild, undecided } from './failed-build.ts';
import { unsizedNote, unverified } from './unverified.ts';

/**
 * It built without a network from verified inputs. Every build runs in a network namespace that holds nothing but
 * loopback, where only the locked URLs are answered, and every input was checked before against what the lock says of
 * it. So a build that succeeded is one, unless the lock has no checksum of an input that proves it: then nothing is known.
 * A build that failed after the network was refused to it needs the network: the claim does not hold.
 */
export const hermetic: Claim = {
  id: 'hermetic',
  statement: 'builds without network, from verified inputs only',
  passes: 'the build succeeded without a network, from inputs that the checksums of the lock prove',
  fails: 'the build needs network access, which was blocked; what it asked for is named',
  standard: true,
  check: judge,
};

type Judged = Pick<ClaimContext, 'subject' | 'builds' | 'inputs' | 'builder' | 'buildEvidence' | 'lock'>;

/** What the builds say. */
export async function judge(context: Judged): Promise<Finding> {
  const { subject, builds, inputs, builder, buildEvidence: evidence } = context;
  const attempts = builds.map(({ twin, networkAttempts }) => ({ twin, networkAttempts }));
  const refused = namedRefusals(builds);
  const detail = {
    attempts,
    refused,
    inputs: inputs.files,
    inputBytes: inputs.bytes,
    builder: builder.digest,
    ...(isNested(subject) ? { privileges: 'nested' } : {}),
  };
  const failed = failedBuild(builds);
  if (failed === undefined) {
    const open = unverified(inputs);
    if (open !== null) return { ...open, detail: { ...detail, unverified: inputs.unverified }, evidence };
    const times = attempts.reduce((sum, { networkAttempts }) => sum + networkAttempts, 0);
    const nested = isNested(subject) ? ' and with nested privileges' : '';
    const note =
      times === 0 ? '' : `; went on without a network that it asked for ${times} times${reported(refused)}`;
    return {
      verdict: 'pass',
      summary: `built without network${nested} from ${inputs.files} verified files${note}${unsizedNote(inputs)}`,
      detail,
      evidence,
    };
  }
  const needing = builds.filter((build) => !build.outcome.built && build.networkAttempts > 0);
  if (needing.length > 0) {
    const open = refused.length > 0 ? null : await unanswered(context);
    if (open !== null) return { ...open, detail, evidence };
    const times = needing.map(({ twin, networkAttempts }) => `${twin}: ${networkAttempts}`).join(', ');
    return {
      verdict: 'fail',
      summary: `needs network access, which was blocked (attempts ${times})${reported(refused)}`,
      fix: fixOf(context.lock),
      detail,
      evidence,
    };
  }
  return { verdict: 'error', error: failed.error, summary: failed.error.message, detail, evidence };
}

/** Packages are the usual case; a file is locked the same way in an RPM lock, or copied from the context. */
function fixOf(lock: Judged['lock']): string {
  const write =
    lock === null
      ? 'name the packages that it installs in debs.in.yaml or rpms.in.yaml, write the lock with `npx twinproof lock`, and name it as `lock` of the subject in the catalog'
      : `add what it asked for to ${inputNameOf(lock)} and write the lock again with \`npx twinproof lock\``;
  return `${write}; then install from /cachi2/output/deps (docs/locks.md), or put other files into the context`;
}

/** A build that asked for an address alone may have asked for what is locked, which only our network does not answer. */
async function unanswered({ subject, lock }: Judged): Promise<Finding | null> {
  const [url, ...others] = await unansweredUrls(lock, subject.platform.architecture);
  if (url === undefined) return null;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return undecided(
    {
      code: 'unsupported',
      message: `the build failed for want of a network, in which ${url}${more} is locked and not answered`,
      hint: 'name the host instead of its address in the lock, or take its files from /cachi2/output/deps',
    },
    [],
  );
}

/** What the builds asked for by name, each once, with how often each twin did. */
function namedRefusals(builds: ClaimContext['builds']): { what: string; times: Record<string, number> }[] {
  const named = new Map<string, Record<string, number>>();
  for (const { twin, refused } of builds) {
    for (const { what, times } of refused) named.set(what, { ...named.get(what), [twin]: times });
  }
  return [...named].map(([what, times]) => ({ what, times })).slice(0, MOST_NAMED);
}

const MOST_NAMED = 100;

function reported(refused: { what: string }[]): string {
  if (refused.length === 0) return '';
  const shown = refused.slice(0, 3).map(({ what }) => what);
  const more = refused.length > shown.length ? ` and ${refused.length - shown.length} more` : '';
  return `: ${shown.join(', ')}${more}`;
}
