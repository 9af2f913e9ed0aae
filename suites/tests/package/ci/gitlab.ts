import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Outcome, machineEnv, runScript, withoutSetUp } from './machine.ts';
import { git } from './repository.ts';
import type { PullRequest } from './github.ts';

interface Job {
  before_script?: string[];
  script: string[];
  parallel?: number;
  variables?: Record<string, string | number>;
  artifacts: { paths: string[] };
}

export type Pipeline = Record<'verify' | 'report' | '.twinproof', Job> & {
  variables: Record<string, string>;
};

export const readPipeline = async (path: string): Promise<Pipeline> =>
  parse(await readFile(path, 'utf8')) as Pipeline;

/** Runs both jobs for a merge request, on one machine whose folder of the project they share, as a shell runner does. */
export async function runPipeline(pipeline: Pipeline, request: PullRequest): Promise<Outcome> {
  let text = '';
  for (const name of ['verify', 'report'] as const) {
    const job = { ...pipeline['.twinproof'], ...pipeline[name] };
    const count = job.parallel ?? 1;
    for (let index = 1; index <= count; index += 1) {
      const node = { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(count) };
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
  for (const path of job.artifacts.paths.filter((each) => existsSync(join(project, each)))) {
    await mkdir(artifacts, { recursive: true });
    await cp(join(project, path), join(artifacts, path), { recursive: true });
  }
  return outcome;
}
