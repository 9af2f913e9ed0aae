import type { Claim, ClaimContext, Finding } from './types.ts';
import { failedBuild } from './failed-build.ts';
import { unsizedNote, unverified } from './unverified.ts';

/**
 * It built without a network from verified inputs. Every build runs in a network namespace that holds nothing but
 * loopback, and every input was checked before against what the lock says of it. So a build that succeeded is one, unless
 * the lock has no checksum of an input that proves it: then nothing is known.
 * A build that failed and was refused the network while it ran needs the network: the claim does not hold.
 */
export const hermetic: Claim = {
  id: 'hermetic',
  statement: 'builds without network, from verified inputs only',
  check: (context) => Promise.resolve(judge(context)),
};

function judge(context: ClaimContext): Finding {
  const { builds, inputs, builder, buildEvidence: evidence } = context;
  const attempts = builds.map(({ twin, networkAttempts }) => ({ twin, networkAttempts }));
  const detail = { attempts, inputs: inputs.files, inputBytes: inputs.bytes, builder: builder.digest };
  const failed = failedBuild(builds);
  if (failed === undefined) {
    const open = unverified(inputs);
    if (open !== null) return { ...open, detail: { ...detail, unverified: inputs.unverified }, evidence };
    const refused = attempts.reduce((sum, { networkAttempts }) => sum + networkAttempts, 0);
    const note = refused === 0 ? '' : `; went on without a network that it asked for ${refused} times`;
    return {
      verdict: 'pass',
      summary: `built without network from ${inputs.files} verified files${note}${unsizedNote(inputs)}`,
      detail,
      evidence,
    };
  }
  const needing = builds.filter((build) => !build.outcome.built && build.networkAttempts > 0);
  if (needing.length > 0) {
    const times = needing.map(({ twin, networkAttempts }) => `${twin}: ${networkAttempts}`).join(', ');
    return {
      verdict: 'fail',
      summary: `the build failed after it was refused the network (attempts ${times})`,
      detail,
      evidence,
    };
  }
  return { verdict: 'error', error: failed.error, summary: failed.error.message, detail, evidence };
}
