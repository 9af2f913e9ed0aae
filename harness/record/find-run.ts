import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { compareText } from '../model/text-order.ts';
import { isRun } from './reader.ts';

/** Where commands that make runs put them unless told otherwise, below the current folder. */
export const RUNS_FOLDER = 'results/runs';

/**
 * The run that a user means: a path, the name of one in the usual folder, or without either the newest in there.
 * @returns a path for `readRun`
 * @throws TwinproofError `usage` where there is none
 */
export async function findRun(given: string | undefined): Promise<string> {
  if (given === undefined) return newestRun();
  const named = join(RUNS_FOLDER, given);
  const isThere = await stat(given).then(
    () => true,
    () => false,
  );
  // A path that is wrong is reported by who reads it, as it was given.
  return !isThere && (await isRun(named)) ? named : given;
}

/** The names of runs begin with their time in UTC. */
async function newestRun(): Promise<string> {
  const names = await readdir(RUNS_FOLDER).catch(() => []);
  for (const name of names.sort(compareText).reverse()) {
    const path = join(RUNS_FOLDER, name);
    if (await isRun(path)) return path;
  }
  throw new TwinproofError('usage', `there is no run in ${RUNS_FOLDER} below this folder`, {
    hint: 'add --run with the folder that `npx twinproof verify` said it recorded in',
  });
}
