import type { Claim, ClaimContext, Finding } from './types.ts';
import { failedBuild } from './failed-build.ts';

/**
 * It built without a network from verified inputs. Every build runs in a network namespace that holds nothing but
 * loopback, and every input was checked against its locked size and digest before, so a build that succeeded is one.
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
    const refused = attempts.reduce((sum, { networkAttempts }) => sum + networkAttempts, 0);
    const note = refused === 0 ? '' : `; went on without a network that it asked for ${refused} times`;
    return {
      verdict: 'pass',
      summary: `built without network from ${inputs.files} verified files${note}`,
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
