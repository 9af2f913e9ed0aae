import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { HARNESS_VERSION } from '../version.ts';
import { schemaOfCrd } from '../testing/report/crd.ts';
import { testForeign } from '../testing/foreign.ts';
import { PIPELINE_SPEC, resourceWith, SCENARIO_SPEC, TASK_SPEC } from '../testing/report/tekton-schemas.ts';

// That the steps of the snippets work is for suites/tests/package/ci-snippets.test.ts to show.

const root = new URL('../../', import.meta.url);
const read = async <T>(path: string): Promise<T> => parse(await readFile(new URL(path, root), 'utf8')) as T;
const snippet = <T>(name: string): Promise<T> => read<T>(`docs/ci/${name}`);

interface Resource {
  kind: string;
  spec: Record<string, unknown>;
}
const compile = (schema: object): ValidateFunction =>
  new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

/** Whether a resource fits one version of its CRD, and what does not. */
const validator = async (crd: string, version: string): Promise<ValidateFunction> =>
  compile(schemaOfCrd(parse(await readFile(crd, 'utf8')), version));

async function tasksFit(validate: ValidateFunction): Promise<void> {
  for (const name of ['tekton-verify.yaml', 'tekton-report.yaml']) {
    const task = await snippet<Resource>(name);
    validate(task);
    expect(validate.errors, name).toBeNull();
    expect(validate({ ...task, spec: { ...task.spec, stepz: [] } })).toBe(false);
  }
}

test('the Tekton tasks have the form of tasks', () => tasksFit(compile(resourceWith(TASK_SPEC))));

testForeign('the Tekton tasks fit their CRD', ['tekton/300-task.yaml'], async (crd) =>
  tasksFit(await validator(crd, 'v1')),
);

interface PipelineTask {
  params?: { name: string }[];
  matrix?: { params: { name: string }[] };
  workspaces?: { name: string }[];
  taskSpec?: object;
  taskRef?: { params: { name: string; value: string }[] };
}
interface PipelineRun extends Resource {
  spec: { pipelineSpec: { tasks: PipelineTask[]; finally: PipelineTask[] } };
}

async function pipelineFits(pipeline: ValidateFunction, task: ValidateFunction): Promise<void> {
  const { spec } = await snippet<PipelineRun>('konflux-pipelinerun.yaml');
  pipeline({ apiVersion: 'tekton.dev/v1', kind: 'Pipeline', metadata: {}, spec: spec.pipelineSpec });
  expect(pipeline.errors).toBeNull();
  expect(pipeline({ kind: 'Pipeline', spec: { ...spec.pipelineSpec, taskz: [] } })).toBe(false);
  const own = spec.pipelineSpec.tasks.flatMap(({ taskSpec }) => taskSpec ?? []);
  expect(own).toHaveLength(1);
  for (const taskSpec of own) {
    task({ apiVersion: 'tekton.dev/v1', kind: 'Task', metadata: {}, spec: taskSpec });
    expect(task.errors).toBeNull();
  }
}

test('the Konflux pipeline and its tasks have their form', () =>
  pipelineFits(compile(resourceWith(PIPELINE_SPEC)), compile(resourceWith(TASK_SPEC))));

testForeign(
  'the Konflux pipeline and its tasks fit their CRDs',
  ['tekton/300-pipeline.yaml', 'tekton/300-task.yaml'],
  async (pipeline, task) => pipelineFits(await validator(pipeline, 'v1'), await validator(task, 'v1')),
);

interface Task {
  spec: { params: { name: string }[]; workspaces: { name: string }[] };
}

test('the Konflux pipeline gives its tasks what they declare', async () => {
  const { pipelineSpec } = (await snippet<PipelineRun>('konflux-pipelinerun.yaml')).spec;
  const referring = [...pipelineSpec.tasks, ...pipelineSpec.finally].filter(({ taskRef }) => taskRef);
  expect(referring).toHaveLength(2);
  for (const { params = [], matrix, workspaces = [], taskRef } of referring) {
    const { spec } = await read<Task>(taskRef?.params.find(({ name }) => name === 'pathInRepo')?.value ?? '');
    const given = [...params, ...(matrix?.params ?? [])].map(({ name }) => name);
    expect(spec.params.map(({ name }) => name)).toEqual(expect.arrayContaining(given));
    expect(workspaces.map(({ name }) => name)).toEqual(spec.workspaces.map(({ name }) => name));
  }
});

async function scenarioFits(validate: ValidateFunction): Promise<void> {
  const scenario = await snippet<Resource>('konflux-scenario.yaml');
  validate(scenario);
  expect(validate.errors).toBeNull();
  expect(validate({ ...scenario, spec: { application: 'a' } })).toBe(false);
  const { params } = scenario.spec.resolverRef as { params: { name: string; value: string }[] };
  const path = params.find(({ name }) => name === 'pathInRepo')?.value ?? '';
  expect(existsSync(new URL(path, root))).toBe(true);
}

test('the Konflux scenario has its form', () => scenarioFits(compile(resourceWith(SCENARIO_SPEC))));

testForeign('the Konflux scenario fits its CRD', ['konflux/integrationtestscenarios.yaml'], async (crd) =>
  scenarioFits(await validator(crd, 'v1beta2')),
);

interface Component {
  spec: { inputs: Record<string, { default: string }> };
}

test('the GitLab component has the jobs of the snippet', async () => {
  const text = await readFile(new URL('templates/twinproof.yml', root), 'utf8');
  const [head = '', jobs = ''] = text.split('\n---\n');
  const { inputs } = (parse(head) as Component).spec;
  const filled = jobs.replaceAll(
    /\$\[\[ inputs\.(\w+) \]\]/g,
    (_, name: string) => inputs[name]?.default ?? '',
  );
  expect(parse(filled)).toEqual(await snippet('gitlab.yaml'));
});

test('all of them install the version that this is', async () => {
  const wanted = `twinproof@${HARNESS_VERSION}`;
  for (const path of [
    'action.yml',
    'templates/twinproof.yml',
    'docs/ci/github.yaml',
    'docs/ci/gitlab.yaml',
    'docs/ci/github-twins.yaml',
    'docs/ci/gitlab-twins.yaml',
    'docs/ci/README.md',
  ]) {
    const named = (await readFile(new URL(path, root), 'utf8')).match(/twinproof@\d[\w.-]*/g);
    expect(new Set(named), path).toEqual(new Set([wanted]));
  }
});
