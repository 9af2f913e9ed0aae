import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** What is to be known of a pod that builds. */
export type PodState =
  | { is: 'pending'; unschedulable: string | null; image: string | null }
  | { is: 'running'; node: string }
  | { is: 'succeeded'; node: string; said: string }
  | { is: 'failed'; node: string | null; reason: string; message: string; lasting: boolean };

/** A pod that the cluster took away, by the reason of its condition DisruptionTarget. */
const DISRUPTIONS: Record<string, string> = {
  DeletionByTaintManager: 'NodeLost',
  DeletionByPodGC: 'NodeLost',
  EvictionByEvictionAPI: 'Evicted',
  TerminationByKubelet: 'Evicted',
  PreemptionByScheduler: 'Preempted',
};
/** A container that will never start, however long one waits. */
const NEVER = ['InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError', 'CreateContainerError'];
const NO_IMAGE = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];
/** What the pod's script says where something in it was killed for its memory, and the container itself was not. */
export const OUT_OF_MEMORY = 'OOMKilled';

/** What a pod has come to, by its status alone. */
export function stateOf(pod: V1Pod): PodState {
  const { phase, containerStatuses, reason, message } = pod.status ?? {};
  const [container] = containerStatuses ?? [];
  const node = pod.spec?.nodeName ?? null;
  const terminated = container?.state?.terminated;
  if (phase === 'Succeeded' && node !== null) {
    return { is: 'succeeded', node, said: terminated?.message?.trim() ?? '' };
  }
  const disruption = condition(pod, 'DisruptionTarget');
  if (disruption?.status === 'True') {
    const name = DISRUPTIONS[disruption.reason ?? ''] ?? disruption.reason ?? 'Disrupted';
    return failed(node, reason ?? name, message ?? disruption.message ?? '');
  }
  if (phase === 'Failed') return failedContainer(node, { reason, message }, terminated);
  if (pod.metadata?.deletionTimestamp !== undefined) return failed(node, 'Deleted', 'the pod was deleted');
  const waiting = container?.state?.waiting;
  if (NEVER.includes(waiting?.reason ?? '')) {
    return failed(node, waiting?.reason ?? '', waiting?.message ?? '', true);
  }
  if (phase === 'Running' && node !== null) return { is: 'running', node };
  return { is: 'pending', unschedulable: unschedulable(pod), image: imageTrouble(container) };
}

type Terminated = NonNullable<V1ContainerStatus['state']>['terminated'];

function failedContainer(
  node: string | null,
  { reason, message }: { reason: string | undefined; message: string | undefined },
  terminated: Terminated,
): PodState {
  if (reason !== undefined) return failed(node, reason, message ?? '', reason === 'DeadlineExceeded');
  const said = terminated?.message?.trim() ?? '';
  if (terminated?.reason === 'OOMKilled' || said.startsWith(OUT_OF_MEMORY)) {
    return failed(node, OUT_OF_MEMORY, 'the pod used more memory than its limit', true);
  }
  const code = terminated === undefined ? '' : `exit code ${terminated.exitCode}`;
  return failed(node, terminated?.reason ?? 'Failed', [code, said].filter((text) => text !== '').join(': '));
}

const failed = (node: string | null, reason: string, message: string, lasting = false): PodState => ({
  is: 'failed',
  node,
  reason,
  message: message.slice(0, 500),
  lasting,
});

const condition = (pod: V1Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type);

function unschedulable(pod: V1Pod): string | null {
  const scheduled = condition(pod, 'PodScheduled');
  return scheduled?.status === 'False' ? (scheduled.message ?? scheduled.reason ?? 'Unschedulable') : null;
}

function imageTrouble(container: V1ContainerStatus | undefined): string | null {
  const { reason, message } = container?.state?.waiting ?? {};
  return NO_IMAGE.includes(reason ?? '') ? `${reason ?? ''}: ${message ?? ''}`.slice(0, 500) : null;
}
