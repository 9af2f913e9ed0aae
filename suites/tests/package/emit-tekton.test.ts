import { mkdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGISTRY, type RunningRegistry, startDockerRegistry } from '../selftest/docker-registry.ts';
import { ROOT, temporaryFolder, twinproof } from '../selftest/support.ts';
import { machineEnv, substituted } from './ci/machine.ts';
import { userRepository } from './ci/repository.ts';
import { type TaskSpec, type TaskOutcome, runTask } from './ci/tekton.ts';

// The scripts as they are emitted, run as Tekton would; folders stand for volumes, and the engine is that of this machine.

interface Step {
  name: string;
  params: { name: string; value: string | string[] }[];
  matrix?: { params: { name: string; value: string[] }[] };
  taskRef: { name: string };
}
interface Pipeline {
  params: { name: string; default?: string }[];
  tasks: Step[];
  finally: Step[];
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let registry: RunningRegistry;
let repository = '';
const tasks = new Map<string, TaskSpec>();
let pipeline: Pipeline;

beforeAll(async () => {
  if (REGISTRY === null) return;
  folder = await temporaryFolder();
  registry = await startDockerRegistry(join(folder.path, 'registry'));
  repository = await userRepository(folder.path);
  const out = join(folder.path, 'emitted');
  const emitted = await twinproof(['emit', 'tekton', 'my.catalog.yaml', '--out', out], { cwd: repository });
  expect(emitted.exitCode, emitted.stderr).toBe(0);
  const text = await readFile(join(out, 'pipelines.yaml'), 'utf8');
  for (const document of parseAllDocuments(text)) {
    const { kind, metadata, spec } = document.toJS() as {
      kind: string;
      metadata: { name: string };
      spec: unknown;
    };
    if (kind === 'Task') tasks.set(metadata.name, spec as TaskSpec);
    else pipeline = spec as Pipeline;
  }
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** The variables of a PipelineRun. */
const variables = (run: string): Record<string, string> => ({
  ...Object.fromEntries(
    pipeline.params.flatMap(({ name, default: usual }) =>
      usual === undefined ? [] : [[`params.${name}`, usual] as const],
    ),
  ),
  'params.url': `file://${repository}`,
  'params.revision': 'main',
  'params.repository': `${registry.host}/team/jobs`,
  'context.pipelineRun.uid': run,
});

/** One TaskRun. @param node where it is placed */
async function taskRun(
  step: Step,
  run: string,
  fanned: Record<string, string>,
  node: string,
): Promise<TaskOutcome> {
  const known = variables(run);
  const image = join(folder.path, 'image');
  await mkdir(image, { recursive: true });
  await symlink(join(ROOT, 'harness/cli/launch.mjs'), join(image, 'twinproof')).catch(() => undefined);
  const machine = machineEnv(folder.path);
  const single = step.params.flatMap(({ name, value }) =>
    typeof value === 'string'
      ? [[name, substituted(value, /\$\(([^)]+)\)/g, (text) => known[text])] as const]
      : [],
  );
  const lists = step.params.flatMap(({ name, value }) =>
    Array.isArray(value) ? [[name, value] as const] : [],
  );
  const spec = tasks.get(step.taskRef.name);
  if (spec === undefined) throw new Error(`no task ${step.taskRef.name}`);
  return runTask(spec, {
    folder: folder.path,
    env: { ...machine, PATH: [image, machine.PATH ?? ''].join(delimiter), TWINPROOF_NODE: node },
    params: { ...Object.fromEntries(single), ...fanned },
    lists: Object.fromEntries(lists),
    workspaces: {},
  });
}

/** The report over these subjects, all of them unless given. */
function reported(run: string, subjects?: string[]): Promise<TaskOutcome> {
  const [report] = pipeline.finally;
  if (report === undefined) throw new Error('no report');
  const params = report.params.map((param) =>
    param.name === 'subjects' && subjects !== undefined ? { ...param, value: subjects } : param,
  );
  return taskRun({ ...report, params }, run, {}, 'anywhere');
}

test.skipIf(REGISTRY === null)(
  'emitted tasks build twins apart, and their results are what Konflux reads (skipped without docker-registry)',
  async () => {
    for (const step of pipeline.tasks) {
      for (const subject of step.matrix?.params[0]?.value ?? []) {
        const outcome = await taskRun(step, 'run-1', { subject }, `node-of-${step.name}`);
        expect(outcome.exitCode, `${step.name} ${subject}: ${outcome.text}`).toBe(0);
      }
    }
    const { exitCode, text, results } = await reported('run-1');
    expect(exitCode, text).toBe(0);
    expect(JSON.parse(results.TEST_OUTPUT ?? '')).toMatchObject({
      result: 'FAILURE',
      successes: 2,
      failures: 1,
    });
    expect(results.REPRODUCIBLE).toBe('false');
    expect(results.DIFF_SUMMARY).toContain('fail known/default@linux/amd64 reproducible: hostname');
    expect(Object.values(results).join('').length).toBeLessThan(4096);
    const run = join(folder.path, 'report');
    expect((await twinproof(['job', 'pull', results.REPORT ?? '', run])).exitCode).toBe(0);
    const log = await readFile(join(run, 'run.jsonl'), 'utf8');
    expect(log.match(/"placement":"different-nodes"/g)).toHaveLength(3);
    expect(log).toContain('"node":"node-of-build-a"');
    expect(await readFile(join(run, 'index.html'), 'utf8')).toContain('known');
  },
);

test.skipIf(REGISTRY === null)('a subject whose job was lost is an error that names it', async () => {
  const others = ['steady/default@linux/amd64', 'known/default@linux/amd64'];
  for (const [run, lost, subjects] of [
    ['run-1', 1, [...others, 'gone/default@linux/amd64']],
    ['run-2', 3, [...others, 'gone/default@linux/amd64']],
  ] as const) {
    const { exitCode, text, results } = await reported(run, [...subjects]);
    expect(exitCode, text).toBe(0);
    expect(JSON.parse(results.TEST_OUTPUT ?? '')).toMatchObject({ result: 'ERROR', successes: 0 });
    expect(results.REPRODUCIBLE).toBe('false');
    expect(results.DIFF_SUMMARY).toMatch(
      new RegExp(`^${lost} of 3 subjects left no result: .*gone/default@linux/amd64$`),
    );
  }
});
