import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInside } from '../catalog/paths.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OURS = [`${ROOT}harness/`, `${ROOT}suites/`];

/** Whether a file, absolute, is neither of this program nor of a package. */
export const isTheirs = (path: string): boolean =>
  path.startsWith('/') && !path.includes('/node_modules/') && !OURS.some((folder) => path.startsWith(folder));

/** The same on every machine. */
export const nameIn = (root: string, path: string): string =>
  isInside(root, path) ? relative(root, path) : basename(path);

/**
 * `file:line` of the innermost call in a stack that is in a file of the user's; null where none is.
 * @param root folder that the file's name is relative to where it lies in it; else it is the bare name
 */
export function placeOf(stack: string | undefined, root: string): string | null {
  for (const line of (stack ?? '').split('\n')) {
    const [, file, number] = /^\s+at (?:.*\()?((?:file:\/\/)?\/.*?):(\d+)(?::\d+)?\)?$/.exec(line) ?? [];
    if (file === undefined || number === undefined) continue;
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (isTheirs(path)) return `${nameIn(root, path)}:${number}`;
  }
  return null;
}
