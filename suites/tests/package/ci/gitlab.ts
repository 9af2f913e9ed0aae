import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Outcome, machineEnv, runScript, withoutSetUp } from './machine.ts';
import { git } from './repository.ts';
import { type PullRequest, combinations } from './github.ts';

interface Job {
  before_script?: string[];
  script: string[];
  after_script?: string[];
  parallel?: number | { matrix: Record<string, string | string[]>[] };
  variables?: Record<string, string | number>;
  artifacts: { paths: string[] };
}

export type Pipeline = Record<string, Job> & { '.twinproof': Job } & {
  variables: Record<string, string>;
};

/** What is in a pipeline's file beside its jobs. */
const NO_JOBS = ['variables', 'stages', '.twinproof'];

export const readPipeline = async (path: string): Promise<Pipeline> =>
  parse(await readFile(path, 'utf8')) as Pipeline;

/** Runs all jobs for a merge request, on one machine whose folder of the project they share, as a shell runner does. */
export async function runPipeline(pipeline: Pipeline, request: PullRequest): Promise<Outcome> {
  let text = '';
  for (const name of Object.keys(pipeline).filter((each) => !NO_JOBS.includes(each))) {
    const job = { ...pipeline['.twinproof'], ...pipeline[name] };
    for (const node of nodesOf(job)) {
      const ended = await runJob(job, {
        ...request,
        env: { ...pipeline.variables, ...request.env, ...node },
      });
      text += ended.text;
      if (ended.exitCode !== 0) return { exitCode: ended.exitCode, text };
    }
  }
  return { exitCode: 0, text };
}

/** Variables of each job that `parallel` makes of one. */
function nodesOf({ parallel = 1 }: Job): Record<string, string>[] {
  if (typeof parallel === 'number') {
    const total = String(parallel);
    return Array.from({ length: parallel }, (_, index) => ({
      CI_NODE_INDEX: String(index + 1),
      CI_NODE_TOTAL: total,
    }));
  }
  return parallel.matrix.flatMap((lists) =>
    combinations(Object.fromEntries(Object.entries(lists).map(([name, value]) => [name, [value].flat()]))),
  );
}

async function runJob(job: Job, { folder, repository, branch, env }: PullRequest): Promise<Outcome> {
  const [project, artifacts] = [join(folder, 'project'), join(folder, 'artifacts')];
  await rm(project, { recursive: true, force: true });
  await git(folder, 'clone', '--quiet', repository, project);
  await git(project, 'checkout', '--quiet', '--detach', `origin/${branch}`);
  if (existsSync(artifacts)) await cp(artifacts, project, { recursive: true });
  const base = await git(project, 'merge-base', 'HEAD', 'origin/main');
  const lines = (job.before_script ?? []).join('\n');
  const before = existsSync(`${project}.npm/bin/twinproof`) ? withoutSetUp(lines) : lines;
  await rm(`${project}.runs`, { recursive: true, force: true });
  const outcome = await runScript(
    `#!/usr/bin/env -S bash -eo pipefail\n${[before, ...job.script].join('\n')}\n`,
    {
      cwd: project,
      env: { ...machineEnv(folder), ...env, CI_PROJECT_DIR: project, CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
      file: join(folder, 'job'),
    },
  );
  if (job.after_script !== undefined) {
    const after = `#!/usr/bin/env -S bash -e\n${job.after_script.join('\n')}\n`;
    const env = { ...machineEnv(folder), CI_PROJECT_DIR: project };
    await runScript(after, { cwd: project, env, file: join(folder, 'after') });
  }
  for (const path of job.artifacts.paths.filter((each) => existsSync(join(project, each)))) {
    await mkdir(artifacts, { recursive: true });
    await cp(join(project, path), join(artifacts, path), { recursive: true });
  }
  return outcome;
}
