import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { TwinproofError } from '../errors.ts';
import { cacheFolder } from './folders.ts';
import { withLock } from './lock.ts';
import type { Owner } from './owner.ts';

/** Under which containers see the folder. */
export const NODE_INSIDE = '/node';

/** What runs a program in a container that has the folder at `NODE_INSIDE`, whatever its own C library is. */
export const NODE_COMMAND: readonly string[] = [
  `${NODE_INSIDE}/loader`,
  '--library-path',
  `${NODE_INSIDE}/lib`,
  `${NODE_INSIDE}/node`,
  '--no-warnings',
];

/**
 * A folder of this host that holds the Node of this process with its loader and libraries, to be mounted read-only into
 * containers whose image has no Node.
 * @throws TwinproofError `unsupported` when its libraries cannot be found (ldd)
 */
export function nodeFolder(owner: Owner): Promise<string> {
  const folder = join(cacheFolder(), 'node', `${process.version}-${process.arch}`);
  if (existsSync(folder)) return Promise.resolve(folder);
  return withLock('node', owner, async () => {
    if (existsSync(folder)) return folder;
    const part = `${folder}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(join(part, 'lib'), { recursive: true });
    await copyFile(process.execPath, join(part, 'node'));
    const { loader, libraries } = await linkedTo(process.execPath);
    await copyFile(loader, join(part, 'loader'));
    for (const library of libraries) await copyFile(library, join(part, 'lib', basename(library)));
    await rename(part, folder);
    return folder;
  });
}

/** What a program is linked to, as ldd(1) says it. */
async function linkedTo(program: string): Promise<{ loader: string; libraries: string[] }> {
  const { stdout } = await promisify(execFile)('ldd', [program], { encoding: 'utf8' }).catch(
    (cause: unknown) => {
      throw new TwinproofError('unsupported', `ldd cannot read ${program}`, {
        hint: 'use a Node that is linked dynamically, such as nodejs.org builds',
        cause,
      });
    },
  );
  const libraries: string[] = [];
  let loader = '';
  for (const line of stdout.split('\n')) {
    const [, found] = / => (\/\S+) \(/.exec(line) ?? [];
    if (found !== undefined) libraries.push(found);
    // The loader stands for itself, without an arrow.
    const [, itself] = /^\s*(\/\S*ld-\S+) \(/.exec(line) ?? [];
    if (itself !== undefined) loader = itself;
  }
  if (loader === '') {
    throw new TwinproofError('unsupported', `ldd names no loader for ${program}`, {
      hint: 'use a Node that is linked dynamically, such as nodejs.org builds',
    });
  }
  return { loader, libraries };
}
