import { mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Outcome, runScript, substituted } from './machine.ts';

interface Step {
  script: string;
  workingDir?: string;
  args?: string[];
  /** Those without a value have it from the pod. */
  env: { name: string; value?: string }[];
}
export interface TaskSpec {
  params?: { name: string; default?: string }[];
  workspaces?: { name: string }[];
  results?: { name: string }[];
  steps: Step[];
}
export interface PipelineTask {
  name: string;
  params?: { name: string; value: string }[];
  matrix?: { params: { name: string; value: string[] }[] };
  workspaces?: { name: string; subPath: string }[];
  taskSpec?: TaskSpec;
  taskRef?: { params: { name: string; value: string }[] };
}

export const readTask = async (path: string): Promise<TaskSpec> =>
  (parse(await readFile(path, 'utf8')) as { spec: TaskSpec }).spec;

/** A pod on this machine: folders stand for its volumes, and the engine is that of the machine. */
export interface Pod {
  folder: string;
  env: Record<string, string>;
  params: Record<string, string>;
  /** Parameters that are lists. */
  lists?: Record<string, string[]>;
  /** Folder of each workspace. */
  workspaces: Record<string, string>;
}

export interface TaskOutcome extends Outcome {
  results: Record<string, string>;
}

/** Runs the steps of a task as Tekton would, but for its images and volumes. */
export async function runTask(spec: TaskSpec, pod: Pod): Promise<TaskOutcome> {
  const work = join(pod.folder, 'work');
  const results = join(pod.folder, 'results');
  for (const path of [work, results]) {
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true });
  }
  const filled = (text: string): string =>
    substituted(text, /\$\(((?:params|workspaces|results)\.[^)]+)\)/g, (name) =>
      known(name, spec, { ...pod, results }),
    );
  let outcome: Outcome = { exitCode: 0, text: '' };
  for (const step of spec.steps) {
    // Two of them are about the pod's volumes.
    const own = step.env.filter(({ name }) => !['DOCKER_HOST', 'TWINPROOF_CACHE'].includes(name));
    const env = Object.fromEntries(
      own.flatMap(({ name, value }) => (value === undefined ? [] : [[name, filled(value)] as const])),
    );
    const cwd = step.workingDir === undefined ? work : filled(step.workingDir);
    outcome = await runScript(filled(step.script), {
      cwd,
      env: { ...pod.env, ...env, ...(env.WORK === undefined ? {} : { WORK: work }) },
      file: join(pod.folder, 'script'),
      args: (step.args ?? []).flatMap((arg) => {
        const [, list] = /^\$\(params\.([^)]+)\[\*\]\)$/.exec(arg) ?? [];
        return list === undefined ? filled(arg) : (pod.lists?.[list] ?? []);
      }),
    });
    if (outcome.exitCode !== 0) break;
  }
  return { ...outcome, results: await readResults(results, spec) };
}

function known(name: string, spec: TaskSpec, pod: Pod & { results: string }): string | undefined {
  const [kind = '', id = '', last = ''] = name.split('.');
  if (kind === 'params') return pod.params[id] ?? spec.params?.find((param) => param.name === id)?.default;
  if (kind === 'workspaces' && last === 'path') return pod.workspaces[id];
  const declared = spec.results?.some((result) => result.name === id) === true;
  return kind === 'results' && last === 'path' && declared ? join(pod.results, id) : undefined;
}

async function readResults(folder: string, { results = [] }: TaskSpec): Promise<Record<string, string>> {
  const written = results.filter(({ name }) => existsSync(join(folder, name)));
  const texts = written.map(async ({ name }) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}
