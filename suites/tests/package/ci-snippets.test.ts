import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshArtifacts, readWorkflow, runWorkflow } from './ci/github.ts';
import { readPipeline, runPipeline } from './ci/gitlab.ts';
import { machineEnv, substituted } from './ci/machine.ts';
import { git, userRepository } from './ci/repository.ts';
import { type PipelineTask, type TaskSpec, readTask, runTask } from './ci/tekton.ts';
import { ROOT, pack, temporaryFolder } from '../selftest/support.ts';

const snippet = (name: string): string => join(ROOT, 'docs/ci', name);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository = '';
let env: Record<string, string> = {};
beforeAll(async () => {
  folder = await temporaryFolder();
  env = { TWINPROOF: await pack(folder.path) };
  repository = await userRepository(folder.path);
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

const requestOf = (branch: string) => ({ folder: folder.path, repository, branch, env });
const artifacts = (...names: string[]): string => join(folder.path, 'artifacts', ...names);

test('GitHub Actions: set-up, shards of what changed, reports and gate; what is worse stops the merge', async () => {
  await freshArtifacts(folder.path);
  const workflow = await readWorkflow(snippet('github.yaml'));
  const { exitCode, text } = await runWorkflow(workflow, requestOf('worse'));
  expect(exitCode, text).toBe(1);
  expect(await readdir(artifacts())).toEqual(['reports', 'run-0', 'run-1', 'run-2']);
  expect(text).toMatch(/^::error file=other\/Containerfile,line=\d+,title=fail%3A other\/default/m);
  expect(text).toContain('other/default@linux/amd64 reproducible: pass → fail (block)');
  expect(await readFile(join(folder.path, 'summary.md'), 'utf8')).toContain(
    '**1 passed, 1 failed, 1 untouched**',
  );
  expect((await readdir(artifacts('reports'))).sort()).toEqual(['index.html', 'junit.xml', 'report.sarif']);

  await freshArtifacts(folder.path);
  const words = await runWorkflow(workflow, requestOf('words'));
  expect(words).toMatchObject({ exitCode: 0 });
  expect(words.text).toContain('note: 3 cells were not checked');
  const broken = { ...requestOf('worse'), env: { ...env, DOCKER_HOST: 'unix:///nowhere.sock' } };
  expect((await runWorkflow(workflow, broken)).exitCode).not.toBe(0);
});

test('GitHub Actions: a change cannot withdraw what held, nor bring its own baseline; a new catalog needs none', async () => {
  await freshArtifacts(folder.path);
  const workflow = await readWorkflow(snippet('github.yaml'));
  const around = await runWorkflow(workflow, requestOf('around'));
  expect(around.exitCode, around.text).toBe(1);
  expect(around.text).toContain('other/default@linux/amd64 reproducible: pass → skipped (block)');
  expect(around.text).toContain('steady/default@linux/amd64 reproducible: pass → absent (block)');
  expect(around.text).toMatch(/^Withdrawn: .*\n.*\nGone: /m);

  await freshArtifacts(folder.path);
  const fresh = await runWorkflow(workflow, { ...requestOf('fresh'), base: 'empty' });
  expect(fresh.exitCode, fresh.text).toBe(0);
  expect(fresh.text).toMatch(/note: --history .*: there is no such run/);
});

test('GitLab CI: what is better lets a merge through', async () => {
  await freshArtifacts(folder.path);
  const { exitCode, text } = await runPipeline(
    await readPipeline(snippet('gitlab.yaml')),
    requestOf('better'),
  );
  expect(exitCode, text).toBe(0);
  expect(text).toContain('known/default@linux/amd64 reproducible: fail → pass');
  expect((await readdir(artifacts('reports'))).sort()).toEqual(['comment.md', 'index.html', 'junit.xml']);
});

/** Of the merged run that the last job left. */
async function mergedLog(path: string): Promise<string> {
  const [run = ''] = await readdir(path);
  return readFile(join(path, run, 'run.jsonl'), 'utf8');
}

test('GitHub Actions: twins on two runners, compared on a third', async () => {
  await freshArtifacts(folder.path);
  const { exitCode, text } = await runWorkflow(
    await readWorkflow(snippet('github-twins.yaml')),
    requestOf('main'),
  );
  // One of the two images is known not to be reproducible.
  expect(exitCode, text).toBe(1);
  const log = await mergedLog(artifacts('run'));
  expect(log.match(/"placement":"different-nodes"/g)).toHaveLength(2);
  expect(log.match(/"verdict":"(pass|fail)"/g)?.sort()).toEqual(['"verdict":"fail"', '"verdict":"pass"']);
  expect(await readFile(join(folder.path, 'summary.md'), 'utf8')).toContain('1 passed, 1 failed');
});

test('GitLab CI: twins on two runners', async () => {
  await freshArtifacts(folder.path);
  const { exitCode, text } = await runPipeline(
    await readPipeline(snippet('gitlab-twins.yaml')),
    requestOf('main'),
  );
  expect(exitCode, text).toBe(1);
  const log = await mergedLog(artifacts('jobs/merged'));
  expect(log.match(/"verdict":"(pass|fail)"/g)?.sort()).toEqual(['"verdict":"fail"', '"verdict":"pass"']);
});

interface Konflux {
  spec: { pipelineSpec: { tasks: PipelineTask[]; finally: PipelineTask[] } };
}

/** Runs the tasks of the pipeline for a branch, as Tekton puts them together. */
async function konflux(branch: string, damage: (runs: string) => Promise<void> = () => Promise.resolve()) {
  const { pipelineSpec } = (parse(await readFile(snippet('konflux-pipelinerun.yaml'), 'utf8')) as Konflux)
    .spec;
  const shared = join(folder.path, 'shared');
  await rm(shared, { recursive: true, force: true });
  const git_ = { url: `file://${repository}`, revision: await git(repository, 'rev-parse', branch) };
  const values: Record<string, string> = {
    'params.SNAPSHOT': JSON.stringify({ components: [{ name: 'a', source: { git: git_ } }] }),
    'params.COMPONENT': '',
    'params.TARGET': 'main',
    'params.CATALOG': 'my.catalog.yaml',
    'params.BASELINE': 'baseline/run.jsonl',
  };
  let last: Awaited<ReturnType<typeof runTask>> | undefined;
  for (const task of [...pipelineSpec.tasks, ...pipelineSpec.finally]) {
    if (task.name === 'report') await damage(join(shared, 'runs'));
    for (const shard of task.matrix?.params[0]?.value ?? ['']) {
      last = await runTask(await specOf(task), await podOf(task, shared, values, shard));
      for (const [name, value] of Object.entries(last.results)) {
        values[`tasks.${task.name}.results.${name}`] = value;
      }
    }
  }
  return last;
}

async function specOf({ taskSpec, taskRef }: PipelineTask): Promise<TaskSpec> {
  if (taskSpec !== undefined) return taskSpec;
  const path = taskRef?.params.find(({ name }) => name === 'pathInRepo')?.value ?? '';
  return readTask(join(ROOT, path));
}

/** What a task of the pipeline gets, references resolved. The image is a folder on the path that holds this checkout. */
async function podOf(task: PipelineTask, shared: string, values: Record<string, string>, shard: string) {
  const resolve = (text: string): string => substituted(text, /\$\(([^)]+)\)/g, (name) => values[name]);
  const given = (task.params ?? []).map(({ name, value }) => [name, resolve(value)] as const);
  const fanned = (task.matrix?.params ?? []).map(({ name }) => [name, shard] as const);
  const workspaces = (task.workspaces ?? []).map(
    ({ name, subPath }) => [name, join(shared, subPath)] as const,
  );
  for (const [, path] of workspaces) await mkdir(path, { recursive: true });
  const image = join(folder.path, 'image');
  await mkdir(image, { recursive: true });
  await symlink(join(ROOT, 'harness/cli/launch.mjs'), join(image, 'twinproof')).catch(() => undefined);
  const machine = machineEnv(folder.path);
  return {
    folder: folder.path,
    env: { ...machine, PATH: [image, machine.PATH ?? ''].join(delimiter) },
    params: Object.fromEntries([...given, ...fanned]),
    workspaces: Object.fromEntries(workspaces),
  };
}

const testOutput = (results: Record<string, string> | undefined): unknown =>
  JSON.parse(results?.TEST_OUTPUT ?? '{}');

test('Konflux: shards of a snapshot become TEST_OUTPUT, REPRODUCIBLE and DIFF_SUMMARY', async () => {
  const last = await konflux('worse');
  // Its results are there, and the gate ends the pipeline.
  expect(last?.exitCode, last?.text).toBe(1);
  expect(last?.text).toContain('other/default@linux/amd64 reproducible: pass → fail (block)');
  expect(testOutput(last?.results)).toMatchObject({ result: 'FAILURE', successes: 1, failures: 1 });
  expect(last?.results).toMatchObject({
    REPRODUCIBLE: 'false',
    DIFF_SUMMARY: expect.stringMatching(/^fail other\/default@linux\/amd64 reproducible: /) as string,
  });
  expect(existsSync(join(folder.path, 'shared/runs/index.html'))).toBe(true);
});

test('Konflux: nothing touched is skipped; the branch itself is verified whole; a shard that is gone is an error', async () => {
  const words = await konflux('words');
  expect(words?.exitCode, words?.text).toBe(0);
  expect(testOutput(words?.results)).toMatchObject({ result: 'SKIPPED' });
  const whole = await konflux('main', async (runs) => {
    const [first = ''] = await readdir(runs);
    await rm(join(runs, first), { recursive: true });
  });
  expect(whole?.text).toMatch(/missing shard \d\/3/);
  expect(testOutput(whole?.results)).toMatchObject({ result: 'ERROR' });
});

test('Tekton: the report task checks a run against a baseline', async () => {
  const source = join(folder.path, 'source');
  await git(folder.path, 'clone', '--quiet', repository, source);
  const runs = join(folder.path, 'baseline-runs');
  const task: PipelineTask = { name: 'report', params: [{ name: 'BASELINE', value: 'baseline/run.jsonl' }] };
  const pod = await podOf(task, folder.path, {}, '');
  const outcome = await runTask(await readTask(snippet('tekton-report.yaml')), {
    ...pod,
    workspaces: { source, runs },
  });
  expect(outcome.exitCode, outcome.text).toBe(0);
  expect(outcome.text).toContain('nothing is worse than the baseline (1 known failures)');
});
