import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { git } from './repository.ts';
import { type Outcome, machineEnv, runScript, substituted, withoutSetUp } from './machine.ts';

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string | boolean | number>;
  if?: string;
}
interface Job {
  env?: Record<string, string>;
  strategy?: { matrix: Record<string, string[]> };
  steps: Step[];
}
export interface Workflow {
  env: Record<string, string>;
  jobs: Record<string, Job>;
}

export const readWorkflow = async (path: string): Promise<Workflow> =>
  parse(await readFile(path, 'utf8')) as Workflow;

/** What a pull request of a branch is to a workflow, as far as this test knows it. */
export interface PullRequest {
  folder: string;
  repository: string;
  branch: string;
  /** Where it goes; `main` unless given. */
  base?: string;
  /** Values for the workflow's own `env`. */
  env: Record<string, string>;
}

/** Runs the jobs one after the other, each combination of a matrix by itself, with what the actions do done by hand. */
export async function runWorkflow(workflow: Workflow, request: PullRequest): Promise<Outcome> {
  let text = '';
  for (const job of Object.values(workflow.jobs)) {
    for (const [index, values] of combinations(job.strategy?.matrix ?? {}).entries()) {
      const outcome = await runJob(
        job,
        { ...request, env: { ...workflow.env, ...request.env } },
        { index, values },
      );
      text += outcome.text;
      if (outcome.exitCode !== 0) return { exitCode: outcome.exitCode, text };
    }
  }
  return { exitCode: 0, text };
}

interface Matrix {
  index: number;
  values: Record<string, string>;
}

/** All combinations of the lists' values. */
export function combinations(lists: Record<string, readonly string[]>): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(lists))
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  return all;
}

async function runJob(job: Job, request: PullRequest, matrix: Matrix): Promise<Outcome> {
  const { folder, repository, branch, base = 'main' } = request;
  const [workspace, temp] = [join(folder, 'workspace'), join(folder, 'temp')];
  // A runner is new for each job.
  for (const path of [workspace, temp]) await rm(path, { recursive: true, force: true });
  await mkdir(temp, { recursive: true });
  await git(folder, 'clone', '--quiet', repository, workspace);
  await git(workspace, 'checkout', '--quiet', '--detach', `origin/${branch}`);
  const filled = (value: string): string =>
    substituted(value, /\$\{\{(.*?)\}\}/g, (name) => expressions(temp, matrix)[name]);
  const env = {
    ...machineEnv(folder),
    ...Object.fromEntries(Object.entries({ ...request.env, ...job.env }).map(([k, v]) => [k, filled(v)])),
    ...{
      RUNNER_TEMP: temp,
      GITHUB_BASE_REF: base,
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      GITHUB_WORKSPACE: workspace,
      RUNNER_NAME: `runner ${matrix.index}`,
    },
  };
  const result: Outcome = { exitCode: 0, text: '' };
  for (const step of job.steps) {
    if (result.exitCode !== 0 && step.if !== 'always()') continue;
    if (step.uses !== undefined) await act(step, folder, filled);
    if (step.run === undefined) continue;
    const script = `#!/usr/bin/env -S bash -e\n${existsSync(join(folder, 'global/bin/twinproof')) ? withoutSetUp(step.run) : step.run}`;
    const ended = await runScript(script, { cwd: workspace, env, file: join(folder, 'step') });
    if (ended.exitCode !== 0) result.exitCode = ended.exitCode;
    result.text += ended.text;
  }
  return result;
}

const expressions = (temp: string, { index, values }: Matrix): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`matrix.${name}`, value])),
  'strategy.job-index': String(index),
  'runner.temp': temp,
});

/** What the actions do that the snippet uses: artifacts are folders here. */
async function act(step: Step, folder: string, filled: (value: string) => string): Promise<void> {
  const [action] = (step.uses ?? '').split('@');
  const value = (name: string): string => filled(String(step.with?.[name] ?? ''));
  const artifacts = join(folder, 'artifacts');
  if (action === 'actions/upload-artifact') {
    if (existsSync(value('path')))
      await cp(value('path'), join(artifacts, value('name')), { recursive: true });
  } else if (action === 'actions/download-artifact') {
    const names = existsSync(artifacts) ? await readdir(artifacts) : [];
    const prefix = value('pattern').replace(/\*$/, '');
    const isWanted = (each: string): boolean =>
      prefix === '' ? each === value('name') : each.startsWith(prefix);
    for (const name of names.filter(isWanted)) {
      await cp(join(artifacts, name), value('path'), { recursive: true });
    }
  } else if (action !== 'actions/checkout') {
    throw new Error(`the snippet uses ${action ?? ''}, which this test does not know`);
  }
}

/** A folder for what one pull request leaves, on a machine that is filled already. */
export async function freshArtifacts(folder: string): Promise<void> {
  await rm(join(folder, 'artifacts'), { recursive: true, force: true });
  await writeFile(join(folder, 'summary.md'), '');
}
