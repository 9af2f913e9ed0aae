import { overSsh } from './remote.ts';
import { BUILD, JUDGE, PREPARE, REPORT } from './scripts.ts';

export interface TaskOptions {
  /** Prefix of all names. */
  name: string;
  /** With Node, git and this command in it. */
  image: string;
  /** With podman in it. */
  engineImage: string;
  /** Konflux' machines over SSH, in place of a podman beside the step. */
  konflux: boolean;
}

/** As the API has it; only what is written here is known of it. */
export type Resource = Record<string, unknown> & { kind: string };

type Name = 'prepare' | 'build' | 'judge';

/** Parameters of all jobs of a subject, with the variables that scripts read them from. */
const SUBJECT = {
  URL: 'url',
  REVISION: 'revision',
  CATALOG: 'catalog',
  OPTIONS: 'options',
  SUBJECT: 'subject',
};
const STORE = { REPOSITORY: 'repository', RUN: 'run', TLS_VERIFY: 'tls-verify' };

const JOBS: Record<Name, { script: string; params: Record<string, string>; does: string }> = {
  prepare: {
    script: PREPARE,
    params: { ...SUBJECT, ...STORE },
    does: 'fetches and verifies what a subject is built from',
  },
  build: { script: BUILD, params: { ...SUBJECT, TWIN: 'twin', ...STORE }, does: 'builds one twin' },
  judge: {
    script: JUDGE,
    params: { ...SUBJECT, ...STORE },
    does: 'compares the twins and checks the claims',
  },
};

export const RESULTS = ['TEST_OUTPUT', 'REPRODUCIBLE', 'DIFF_SUMMARY', 'REPORT'];

/** The tasks that all Pipelines of a catalog are made of. */
export function tasksOf(options: TaskOptions): Resource[] {
  const names = Object.keys(JOBS) as Name[];
  return [...names.map((job) => jobTask(job, options)), reportTask(options)];
}

function jobTask(job: Name, options: TaskOptions): Resource {
  const { script, params, does } = JOBS[job];
  const { image, konflux } = options;
  const env = Object.entries(params).map(([name, param]) => ({ name, value: `$(params.${param})` }));
  const declared = [...Object.values(params), ...(konflux ? ['PLATFORM'] : [])];
  const spec = {
    description: `${does}; made by \`twinproof emit tekton\``,
    params: declared.map((name) => ({ name, type: 'string' })),
    ...(konflux ? remoteSpec(image, script, env) : localSpec(options, script, env)),
  };
  return { apiVersion: 'tekton.dev/v1', kind: 'Task', metadata: { name: `${options.name}-${job}` }, spec };
}

type Env = { name: string; value?: string; valueFrom?: object }[];

/** A podman beside the step, which sees the same files under the same path. */
function localSpec({ image, engineImage }: TaskOptions, script: string, env: Env): Record<string, unknown> {
  const work = [{ name: 'work', mountPath: '/work' }];
  return {
    volumes: [{ name: 'work', emptyDir: {} }],
    sidecars: [
      {
        name: 'engine',
        image: engineImage,
        command: ['podman', 'system', 'service', '--time=0', 'unix:///work/podman.sock'],
        securityContext: { privileged: true },
        volumeMounts: work,
        readinessProbe: { exec: { command: ['test', '-S', '/work/podman.sock'] } },
      },
    ],
    steps: [
      {
        name: 'job',
        image,
        volumeMounts: work,
        env: [
          ...env,
          { name: 'WORK', value: '/work' },
          { name: 'DOCKER_HOST', value: 'unix:///work/podman.sock' },
          { name: 'TWINPROOF_CACHE', value: '/work/cache' },
          { name: 'TWINPROOF_NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        ],
        script,
      },
    ],
  };
}

function remoteSpec(image: string, script: string, env: Env): Record<string, unknown> {
  const variables = env.map(({ name }) => name);
  return {
    volumes: [
      { name: 'ssh', secret: { secretName: 'multi-platform-ssh-$(context.taskRun.name)', optional: false } },
    ],
    steps: [
      {
        name: 'job',
        image,
        volumeMounts: [{ name: 'ssh', mountPath: '/ssh', readOnly: true }],
        env: [...env, { name: 'IMAGE', value: image }],
        script: overSsh(script, variables),
      },
    ],
  };
}

function reportTask({ name, image }: TaskOptions): Resource {
  const env = [
    ...Object.entries(STORE).map(([variable, param]) => ({ name: variable, value: `$(params.${param})` })),
    { name: 'EXPECTED', value: '$(params.expected)' },
    { name: 'WORK', value: '/work' },
    ...RESULTS.map((result) => ({ name: `RESULT_${result}`, value: `$(results.${result}.path)` })),
  ];
  const spec = {
    description:
      'puts the subjects of a shard together, names those that are missing; results as Konflux reads them',
    params: [
      { name: 'subjects', type: 'array' },
      ...[...Object.values(STORE), 'expected'].map((param) => ({ name: param, type: 'string' })),
    ],
    results: RESULTS.map((result) => ({ name: result, type: 'string' })),
    volumes: [{ name: 'work', emptyDir: {} }],
    steps: [
      {
        name: 'report',
        image,
        volumeMounts: [{ name: 'work', mountPath: '/work' }],
        env,
        args: ['$(params.subjects[*])'],
        script: REPORT,
      },
    ],
  };
  return { apiVersion: 'tekton.dev/v1', kind: 'Task', metadata: { name: `${name}-report` }, spec };
}
