import { expect, test } from 'vitest';
import { type BuildAttempt, buildJob, jobName } from './job.ts';
import type { TrialSettings } from './settings.ts';

const SETTINGS: TrialSettings = {
  kubeconfig: null,
  context: null,
  namespace: null,
  image: 'registry.example/runner',
  registrySecret: null,
  isolation: 'user-namespace',
};
const BUILD: BuildAttempt = {
  run: '20260101t000000z-abcdef',
  subject: 'debian/default@linux/arm64',
  twin: 'A',
  attempt: 2,
  architecture: 'arm64',
  notOn: ['n1', 'n3'],
  memory: 2 * 1024 ** 3,
  time: 3600,
  variables: { TWIN: 'A; rm -rf /' },
};

const podOf = (build: Partial<BuildAttempt> = {}, settings: Partial<TrialSettings> = {}) => {
  const pod = buildJob({ ...BUILD, ...build }, { ...SETTINGS, ...settings }).spec?.template.spec;
  if (pod === undefined) throw new Error('no pod');
  return pod;
};

test('the cluster never starts an attempt a second time', () => {
  expect(buildJob(BUILD, SETTINGS).spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 3600 });
  expect(podOf().restartPolicy).toBe('Never');
});

test('twins are kept apart by what runs, and by where those were that have ended', () => {
  const { affinity, nodeSelector } = podOf();
  expect(nodeSelector).toEqual({ 'kubernetes.io/arch': 'arm64' });
  const [term] = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  expect(term?.topologyKey).toBe('kubernetes.io/hostname');
  expect(term?.labelSelector?.matchExpressions).toContainEqual({
    key: 'dev.twinproof.twin',
    operator: 'NotIn',
    values: ['A'],
  });
  const nodes = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  // Requirements of one term are all to hold; a field takes one value each.
  expect(nodes).toEqual([
    {
      matchFields: ['n1', 'n3'].map((node) => ({ key: 'metadata.name', operator: 'NotIn', values: [node] })),
    },
  ]);
  expect(podOf({ notOn: [] }).affinity?.nodeAffinity).toBeUndefined();
  expect(podOf({ notOn: null }).affinity).toBeUndefined();
});

test('no pod is privileged, or has rights on its host, unless that is asked for', () => {
  const pod = podOf();
  expect(pod.hostUsers).toBe(false);
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.containers[0]?.securityContext?.privileged).toBeUndefined();
  expect(pod.volumes).toEqual([{ name: 'work', emptyDir: {} }]);
  expect(podOf({}, { isolation: 'privileged' }).containers[0]?.securityContext).toEqual({ privileged: true });
});

test('what a pod is told never becomes text of its script', () => {
  const [container] = podOf().containers;
  expect(container?.command?.join(' ')).not.toContain('rm -rf /');
  expect(container?.env).toContainEqual({ name: 'TWIN', value: 'A; rm -rf /' });
});

test('names of Jobs are valid and tell attempts apart', () => {
  const names = ['A', 'B', 'AA'].flatMap((twin) =>
    [1, 2].flatMap((attempt) =>
      ['debian/default@linux/arm64', 'debian/default@linux/amd64'].map((subject) =>
        jobName({ ...BUILD, subject, twin, attempt }),
      ),
    ),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
});
