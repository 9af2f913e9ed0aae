/** What Tekton's API v1 takes, as we read its documentation: a cluster drops fields that it does not know without a word. */

const TEXT = { type: 'string' };
const ANY = {};
const closed = (required: string[], optional: Record<string, object>): object => ({
  type: 'object',
  properties: { ...Object.fromEntries(required.map((name) => [name, TEXT])), ...optional },
  required,
  additionalProperties: false,
});
const listOf = (items: object): object => ({ type: 'array', items });
const BOOLEAN = { type: 'boolean' };

const PARAM_DECLARATION = closed(['name'], {
  type: { enum: ['string', 'array', 'object'] },
  description: TEXT,
  default: { type: ['string', 'array', 'object'] },
  properties: ANY,
  enum: listOf(TEXT),
});
const PARAM = closed(['name'], { value: { type: ['string', 'array', 'object'] } });
const ENV = closed(['name'], { value: TEXT, valueFrom: ANY });
const RESULT = closed(['name'], {
  type: TEXT,
  description: TEXT,
  value: { type: ['string', 'object', 'array'] },
  properties: ANY,
});
const MOUNT = closed(['name', 'mountPath'], { readOnly: BOOLEAN, subPath: TEXT });
const CONTAINER = {
  image: TEXT,
  command: listOf(TEXT),
  args: listOf(TEXT),
  env: listOf(ENV),
  envFrom: ANY,
  script: TEXT,
  workingDir: TEXT,
  volumeMounts: listOf(MOUNT),
  computeResources: ANY,
  securityContext: ANY,
  imagePullPolicy: TEXT,
  workspaces: ANY,
};
const STEP = closed(['name'], {
  ...CONTAINER,
  onError: { enum: ['continue', 'stopAndFail'] },
  timeout: TEXT,
  results: listOf(RESULT),
  params: listOf(PARAM),
  ref: ANY,
  when: ANY,
});
const SIDECAR = closed(['name'], {
  ...CONTAINER,
  readinessProbe: ANY,
  livenessProbe: ANY,
  startupProbe: ANY,
  ports: ANY,
  restartPolicy: TEXT,
});
const WORKSPACE = closed(['name'], {
  description: TEXT,
  mountPath: TEXT,
  readOnly: BOOLEAN,
  optional: BOOLEAN,
});

export const TASK_SPEC = closed([], {
  description: TEXT,
  displayName: TEXT,
  params: listOf(PARAM_DECLARATION),
  results: listOf(RESULT),
  steps: { ...listOf(STEP), minItems: 1 },
  sidecars: listOf(SIDECAR),
  stepTemplate: ANY,
  volumes: listOf({ type: 'object', required: ['name'] }),
  workspaces: listOf(WORKSPACE),
});

const REFERENCE = closed([], {
  name: TEXT,
  kind: TEXT,
  apiVersion: TEXT,
  resolver: TEXT,
  params: listOf(PARAM),
});
const PIPELINE_TASK = closed(['name'], {
  displayName: TEXT,
  description: TEXT,
  taskRef: REFERENCE,
  taskSpec: { ...TASK_SPEC },
  params: listOf(PARAM),
  matrix: closed([], { params: listOf(PARAM), include: ANY }),
  workspaces: listOf(closed(['name'], { workspace: TEXT, subPath: TEXT })),
  runAfter: listOf(TEXT),
  when: ANY,
  retries: { type: 'integer' },
  timeout: TEXT,
  onError: TEXT,
});

export const PIPELINE_SPEC = closed([], {
  description: TEXT,
  displayName: TEXT,
  params: listOf(PARAM_DECLARATION),
  results: listOf(RESULT),
  tasks: { ...listOf(PIPELINE_TASK), minItems: 1 },
  finally: listOf(PIPELINE_TASK),
  workspaces: listOf(closed(['name'], { description: TEXT, optional: BOOLEAN })),
});

/** A resource with such a `spec`. */
export const resourceWith = (spec: object): object => ({
  type: 'object',
  required: ['kind', 'spec'],
  properties: { apiVersion: TEXT, kind: TEXT, metadata: { type: 'object' }, spec },
  additionalProperties: false,
});

/** `spec` of an IntegrationTestScenario of Konflux, v1beta2. */
export const SCENARIO_SPEC = {
  ...closed(['application'], {
    contexts: listOf({ type: 'object', required: ['name'], properties: { name: TEXT, description: TEXT } }),
    params: listOf(ANY),
    resolverRef: {
      ...closed(['resolver'], {
        resourceKind: TEXT,
        params: listOf(closed(['name', 'value'], {})),
      }),
      required: ['resolver', 'params'],
    },
    dependents: ANY,
  }),
  required: ['application', 'resolverRef'],
};
