import { stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { git } from './git.ts';

/** A catalog's path from the top of its git checkout, so that another checkout can be asked for it; else absolute. */
export async function portablePath(path: string): Promise<string> {
  const absolute = resolve(path);
  const top = await checkoutOf(absolute);
  if (top === null) return absolute;
  return relative(top, absolute) || '.';
}

/** Where a recorded catalog path lies now: from the top of the checkout that the current folder is in. */
export async function findPortable(path: string, folder: string): Promise<string> {
  return resolve((await checkoutOf(folder)) ?? folder, path);
}

/** The top of the git checkout that a file or folder is in. */
async function checkoutOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  const result = await git(found?.isDirectory() === true ? path : dirname(path), [
    'rev-parse',
    '--show-toplevel',
  ]);
  return 'fault' in result ? null : result.output.replace(/\n$/, '');
}
