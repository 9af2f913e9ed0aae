import type { V1Affinity, V1Container, V1EnvVar, V1Job, V1PodSpec } from '@kubernetes/client-node';
import { MARK } from '../engine/marks.ts';
import { sha256Hex } from '../model/digest.ts';
import { POD_SCRIPT } from './pod-script.ts';
import type { Isolation, TrialSettings } from './settings.ts';

/** Labels of everything that is made in a cluster. */
export const LABELS = {
  mark: MARK,
  run: 'dev.twinproof.run',
  subject: 'dev.twinproof.subject',
  twin: 'dev.twinproof.twin',
  attempt: 'dev.twinproof.attempt',
} as const;
/** Annotations: what labels cannot hold. */
export const SUBJECT = 'dev.twinproof/subject';

/** One attempt at one twin. */
export interface BuildAttempt {
  /** Name of the run. */
  run: string;
  /** ID of the subject. */
  subject: string;
  twin: string;
  /** From 1. */
  attempt: number;
  /** As Kubernetes has it, `amd64`. */
  architecture: string;
  /** Names of nodes on which it may not be; null where it may be on one with its siblings. */
  notOn: readonly string[] | null;
  /** Bytes that the build may use, its scratch space included. */
  memory: number;
  /** Seconds after which the pod is ended. */
  time: number;
  /** What the script reads. */
  variables: Record<string, string>;
  /** In place of that of a build. */
  script?: string;
}

/** Memory beside that of the build: podman, Node, and pages of the files that they read. */
const OWN_MEMORY = 1024 ** 3;
/** Seconds that a Job which nobody removed stays once it has ended. */
const KEPT = 86_400;
/** Seconds after which a pod on a node that does not answer is given up. */
const UNREACHABLE = 60;
const WORK = '/work';

/** A label's value of a subject's ID, which holds more than a label may. */
export const subjectLabel = (id: string): string => sha256Hex(Buffer.from(id)).slice(0, 16);

export const jobName = ({ run, subject, twin, attempt }: BuildAttempt): string =>
  `twinproof-${run}-${subjectLabel(subject).slice(0, 10)}-${twin}-${attempt}`.toLowerCase();

/**
 * The Job of an attempt. It is never started again by the cluster: its affinity says where its sibling's accepted attempt
 * was, and a Job that has started keeps its affinity.
 */
export function buildJob(build: BuildAttempt, settings: TrialSettings): V1Job {
  const { run, subject, twin, attempt, time } = build;
  const labels = {
    [LABELS.mark]: 'true',
    [LABELS.run]: run,
    [LABELS.subject]: subjectLabel(subject),
    [LABELS.twin]: twin,
    [LABELS.attempt]: String(attempt),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(build), labels, annotations: { [SUBJECT]: subject } },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: time,
      ttlSecondsAfterFinished: KEPT,
      template: {
        metadata: { labels, annotations: { [SUBJECT]: subject } },
        spec: podSpec(build, settings),
      },
    },
  };
}

function podSpec(build: BuildAttempt, settings: TrialSettings): V1PodSpec {
  const { registrySecret, isolation } = settings;
  const affinity = build.notOn === null ? {} : { affinity: apartFrom(build, build.notOn) };
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: { 'kubernetes.io/arch': build.architecture },
    ...affinity,
    ...(isolation === 'user-namespace' ? { hostUsers: false } : {}),
    ...(registrySecret === null ? {} : { imagePullSecrets: [{ name: registrySecret }] }),
    tolerations: ['unreachable', 'not-ready'].map((taint) => ({
      key: `node.kubernetes.io/${taint}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: UNREACHABLE,
    })),
    volumes: [
      { name: 'work', emptyDir: {} },
      ...(registrySecret === null ? [] : [{ name: 'auth', secret: { secretName: registrySecret } }]),
    ],
    containers: [container(build, settings)],
  };
}

/** Twins of the subject that run elsewhere, and nodes where such were: pods that have ended do not count for the first. */
function apartFrom({ run, subject, twin }: BuildAttempt, notOn: readonly string[]): V1Affinity {
  const others = [
    { key: LABELS.run, operator: 'In', values: [run] },
    { key: LABELS.subject, operator: 'In', values: [subjectLabel(subject)] },
    { key: LABELS.twin, operator: 'NotIn', values: [twin] },
  ];
  const matchFields = notOn.map((node) => ({ key: 'metadata.name', operator: 'NotIn', values: [node] }));
  const nodes = { nodeSelectorTerms: [{ matchFields }] };
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchExpressions: others } },
      ],
    },
    ...(notOn.length === 0
      ? {}
      : { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: nodes } }),
  };
}

function container(
  { memory, variables, script = POD_SCRIPT }: BuildAttempt,
  settings: TrialSettings,
): V1Container {
  const { image, isolation, registrySecret } = settings;
  const auth = `${WORK}/auth`;
  const bytes = String(memory + OWN_MEMORY);
  const env: V1EnvVar[] = [
    ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    { name: 'WORK', value: WORK },
    { name: 'ISOLATION', value: isolation },
    { name: 'TWINPROOF_NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ...(registrySecret === null ? [] : [{ name: 'REGISTRY_AUTH_FILE', value: `${auth}/.dockerconfigjson` }]),
  ];
  return {
    name: 'build',
    image,
    command: ['sh', '-c', script],
    env,
    securityContext: rightsOf(isolation),
    resources: { requests: { cpu: '1', memory: bytes }, limits: { memory: bytes } },
    volumeMounts: [
      { name: 'work', mountPath: WORK },
      ...(registrySecret === null ? [] : [{ name: 'auth', mountPath: auth, readOnly: true }]),
    ],
    terminationMessagePolicy: 'File',
  };
}

/**
 * What podman needs to run containers in a pod. In a user namespace it is root of nothing but its own: capabilities hold there
 * only, and /proc may be shown whole, without which the kernel lets nobody in it mount another. Runtimes' own seccomp profiles have
 * no pivot_root(2), without which no container starts; builds in it have the profile that they have everywhere.
 */
export const rightsOf = (isolation: Isolation): NonNullable<V1Container['securityContext']> =>
  isolation === 'privileged'
    ? { privileged: true }
    : {
        procMount: 'Unmasked',
        capabilities: { add: ['SYS_ADMIN', 'NET_ADMIN'] },
        seccompProfile: { type: 'Unconfined' },
      };
