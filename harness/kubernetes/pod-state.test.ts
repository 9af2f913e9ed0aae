import type { V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { stateOf } from './pod-state.ts';

const pod = (status: V1PodStatus, nodeName?: string, deleted = false): V1Pod => ({
  metadata: { name: 'p', ...(deleted ? { deletionTimestamp: new Date(0) } : {}) },
  spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) },
  status,
});
const container = (state: object) => ({
  containerStatuses: [{ name: 'build', image: 'i', imageID: '', ready: false, restartCount: 0, state }],
});
const disrupted = (reason: string, message = '') => ({
  conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message }],
});
const ended = (exitCode: number, reason: string, message?: string) =>
  container({ terminated: { exitCode, reason, ...(message === undefined ? {} : { message }) } });

test('a pod that ended well names what it left, however it is taken away afterwards', () => {
  const left = 'registry.example/jobs@sha256:00';
  const status = { phase: 'Succeeded', ...ended(0, 'Completed', `${left}\n`) };
  for (const deleted of [false, true]) {
    const state = stateOf(pod({ ...status, ...disrupted('DeletionByPodGC') }, 'n1', deleted));
    expect(state).toEqual({ is: 'succeeded', node: 'n1', said: left });
  }
});

test.each([
  ['Evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on resource: memory' }, false],
  ['Evicted', { phase: 'Running', ...disrupted('EvictionByEvictionAPI') }, false],
  ['NodeLost', { phase: 'Running', ...disrupted('DeletionByTaintManager') }, false],
  ['Preempted', { phase: 'Running', ...disrupted('PreemptionByScheduler') }, false],
  ['DeadlineExceeded', { phase: 'Failed', reason: 'DeadlineExceeded' }, true],
  ['OOMKilled', { phase: 'Failed', ...ended(137, 'OOMKilled') }, true],
  ['OOMKilled', { phase: 'Failed', ...ended(137, 'Error', 'OOMKilled\n') }, true],
  ['Error', { phase: 'Failed', ...ended(2, 'Error') }, false],
  ['InvalidImageName', { phase: 'Pending', ...container({ waiting: { reason: 'InvalidImageName' } }) }, true],
  [
    'CreateContainerConfigError',
    { phase: 'Pending', ...container({ waiting: { reason: 'CreateContainerConfigError' } }) },
    true,
  ],
] as const)('a pod that is lost says why: %s', (reason, status, lasting) => {
  expect(stateOf(pod(status as V1PodStatus, 'n1'))).toMatchObject({
    is: 'failed',
    node: 'n1',
    reason,
    lasting,
  });
});

test('a pod that somebody deletes has failed, not succeeded', () => {
  expect(stateOf(pod({ phase: 'Running' }, 'n1', true))).toMatchObject({ is: 'failed', reason: 'Deleted' });
});

test('a pod that waits says for what', () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
  ];
  expect(stateOf(pod({ phase: 'Pending', conditions }))).toEqual({
    is: 'pending',
    unschedulable: '0/3 nodes are available',
    image: null,
  });
  const image = container({ waiting: { reason: 'ImagePullBackOff', message: 'not found' } });
  expect(stateOf(pod({ phase: 'Pending', ...image }, 'n1'))).toEqual({
    is: 'pending',
    unschedulable: null,
    image: 'ImagePullBackOff: not found',
  });
  expect(stateOf(pod({ phase: 'Running' }, 'n1'))).toEqual({ is: 'running', node: 'n1' });
});
