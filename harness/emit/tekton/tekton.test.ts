import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { testForeign } from '../../testing/foreign.ts';
import { schemaOfCrd } from '../../testing/report/crd.ts';
import { PIPELINE_SPEC, resourceWith, TASK_SPEC } from '../../testing/report/tekton-schemas.ts';
import { type Emitted, shardsOf } from './shards.ts';
import { tektonOf } from './tekton.ts';

const subjects = (count: number, architecture = 'amd64'): Emitted[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `image-${index}/default@linux/${architecture}`,
    platform: { os: 'linux', architecture },
  }));

const OPTIONS = {
  name: 'twinproof',
  image: 'registry.example/twinproof',
  engineImage: 'registry.example/podman',
  catalog: 'my.catalog.yaml',
  options: '',
};

interface Param {
  name: string;
  value?: unknown;
  default?: unknown;
}
interface PipelineTask {
  name: string;
  params: Param[];
  matrix?: { params: { name: string; value: string[] }[] };
  taskRef?: { name: string };
  taskSpec?: { params: Param[]; steps: { script: string }[] };
}
interface Resource {
  kind: string;
  metadata: { name: string };
  spec: {
    params: Param[];
    tasks?: PipelineTask[];
    finally?: PipelineTask[];
    steps?: { script: string; env: Param[] }[];
  };
}

function resources(count: number, konflux: boolean): Resource[] {
  const text = tektonOf(subjects(count), { ...OPTIONS, konflux }).get('pipelines.yaml') ?? '';
  return parseAllDocuments(text).map((document) => document.toJS() as Resource);
}

test('no Pipeline has more combinations than Tekton takes, and none is lost or there twice', () => {
  const many = [...subjects(600), ...subjects(3, 'arm64')];
  const shards = shardsOf(many);
  expect(shards.map(({ name, subjects: mine }) => [name, mine.length])).toEqual([
    ['amd64-1-of-3', 200],
    ['amd64-2-of-3', 200],
    ['amd64-3-of-3', 200],
    ['arm64-1-of-1', 3],
  ]);
  expect(shards.flatMap(({ subjects: mine }) => mine)).toEqual(many.map(({ id }) => id));
  expect(shardsOf(subjects(257)).map(({ subjects: mine }) => mine.length)).toEqual([129, 128]);
});

test('each Pipeline knows how many subjects its report must find', () => {
  for (const { kind, spec } of resources(300, false)) {
    if (kind !== 'Pipeline') continue;
    const [report] = spec.finally ?? [];
    const given = new Map(report?.params.map(({ name, value }) => [name, value]));
    expect(given.get('subjects')).toHaveLength(Number(given.get('expected')));
    for (const { matrix } of spec.tasks ?? [])
      expect(matrix?.params[0]?.value).toEqual(given.get('subjects'));
  }
});

test.each([false, true])('tasks are given exactly what they declare (Konflux: %s)', (konflux) => {
  const all = resources(2, konflux);
  const tasks = new Map(all.filter(({ kind }) => kind === 'Task').map((task) => [task.metadata.name, task]));
  const pipeline = all.find(({ kind }) => kind === 'Pipeline');
  const steps = [...(pipeline?.spec.tasks ?? []), ...(pipeline?.spec.finally ?? [])];
  expect(steps.map(({ name }) => name)).toEqual([
    ...(konflux ? ['source'] : []),
    'prepare',
    'build-a',
    'build-b',
    'judge',
    'report',
  ]);
  for (const { name, params, matrix, taskRef, taskSpec } of steps) {
    const declared = tasks.get(taskRef?.name ?? '')?.spec.params ?? taskSpec?.params ?? [];
    const given = [...params, ...(matrix?.params ?? [])].map((param) => param.name);
    expect(given.sort(), name).toEqual(declared.map((param) => param.name).sort());
  }
  const known = new Set(pipeline?.spec.params.map(({ name }) => name));
  const used = JSON.stringify(steps.map(({ params }) => params)).matchAll(/\$\(params\.([^)]+)\)/g);
  for (const [, name] of used) expect(known).toContain(name);
});

test.each([false, true])('no parameter becomes text of a script (Konflux: %s)', (konflux) => {
  const all = resources(2, konflux);
  const steps = all.flatMap(({ spec }) => [
    ...(spec.steps ?? []),
    ...(spec.tasks ?? []).flatMap(({ taskSpec }) => taskSpec?.steps ?? []),
  ]);
  expect(steps.length).toBeGreaterThan(3);
  for (const { script } of steps) expect(script).not.toMatch(/\$\((params|context|tasks)\./);
});

function fit(task: object, pipeline: object, konflux: boolean): void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const [isTask, isPipeline] = [ajv.compile(task), ajv.compile(pipeline)];
  for (const resource of resources(300, konflux)) {
    const validate = resource.kind === 'Task' ? isTask : isPipeline;
    validate(resource);
    expect(validate.errors, resource.metadata.name).toBeNull();
    expect(validate({ ...resource, spec: { ...resource.spec, stepz: [] } })).toBe(false);
  }
}

test.each([false, true])('what is emitted has the form of tasks and pipelines (Konflux: %s)', (konflux) =>
  fit(resourceWith(TASK_SPEC), resourceWith(PIPELINE_SPEC), konflux),
);

testForeign(
  'what is emitted fits the CRDs of Tekton',
  ['tekton/300-task.yaml', 'tekton/300-pipeline.yaml'],
  async (...crds) => {
    const read = async (crd: string): Promise<object> =>
      schemaOfCrd(parse(await readFile(crd, 'utf8')) as unknown, 'v1');
    const [task, pipeline] = [await read(crds[0]), await read(crds[1])];
    for (const konflux of [false, true]) fit(task, pipeline, konflux);
  },
);
