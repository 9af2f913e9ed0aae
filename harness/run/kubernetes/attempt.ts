import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { type BuildAttempt, buildJob, jobName } from '../../kubernetes/job.ts';
import { type PodState, stateOf } from '../../kubernetes/pod-state.ts';
import type { ClusterSettings } from '../../kubernetes/settings.ts';
import type { Pods } from './pods.ts';

/** What an attempt came to; `log` is the end of what its pod said. */
export type Ended =
  | { is: 'succeeded'; node: string; said: string }
  | { is: 'failed'; node: string | null; reason: string; message: string; lasting: boolean; log: string };

/** Milliseconds in which a Job that was made must have a pod, and in which an image must be there. */
const SOON = 120_000;

export interface AttemptWork {
  cluster: Cluster;
  pods: Pods;
  settings: ClusterSettings;
  /** Told of each change. */
  onState: (state: PodState) => void;
}

/** Runs one attempt until it has ended, or nothing is to be hoped for any more. Its Job stays. */
export async function runAttempt(build: BuildAttempt, work: AttemptWork): Promise<Ended> {
  const { cluster, pods, settings, onState } = work;
  const name = jobName(build);
  await cluster.createJob(buildJob(build, settings));
  const since = { made: Date.now(), imageless: null as number | null };
  let before = '';
  for (;;) {
    const pod = (await pods.next()).get(name);
    const state = pod === undefined ? null : stateOf(pod);
    if (state !== null && JSON.stringify(state) !== before) onState(state);
    before = JSON.stringify(state);
    if (state?.is === 'succeeded') return state;
    const given = state?.is === 'failed' ? state : givenUp(state, since, work);
    if (given === null) continue;
    const message = pod === undefined ? `${given.message}: ${await cluster.said(name)}` : given.message;
    return { ...given, message, log: await logOf(cluster, pod) };
  }
}

type Failed = Extract<PodState, { is: 'failed' }>;

/** Why a pod that has not ended is not waited for any longer, or null. */
function givenUp(
  state: PodState | null,
  since: { made: number; imageless: number | null },
  { pods, settings }: AttemptWork,
): Failed | null {
  const now = Date.now();
  const failed = (reason: string, message: string, lasting = false): Failed => ({
    is: 'failed',
    node: null,
    reason,
    message,
    lasting,
  });
  if (state === null) {
    return now - since.made > SOON ? failed('PodLost', 'the Job has no pod') : null;
  }
  if (state.is !== 'pending') return null;
  since.imageless = state.image === null ? null : (since.imageless ?? now);
  if (since.imageless !== null && now - since.imageless > SOON / 2) {
    return failed('ImagePull', state.image ?? '');
  }
  // While others of the run work there may be a node for it once they end.
  const idle = now - Math.max(since.made, pods.workedAt);
  if (state.unschedulable === null || idle < settings.deadline * 1000) return null;
  return failed('Unplaceable', state.unschedulable, true);
}

async function logOf(cluster: Cluster, pod: V1Pod | undefined): Promise<string> {
  const name = pod?.metadata?.name;
  if (name === undefined) return 'no log: there is no pod\n';
  const { conditions, containerStatuses, phase, reason, message } = pod?.status ?? {};
  const status = JSON.stringify({ phase, reason, message, conditions, containerStatuses }, null, 2);
  return `${status}\n\n${await cluster.log(name)}`;
}
