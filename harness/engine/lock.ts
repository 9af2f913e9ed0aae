import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cacheFolder } from './folders.ts';
import { type Owner, isAlive } from './owner.ts';
import { storageError } from './storage.ts';

/**
 * Lets one process at a time do a thing that all processes of this cache folder share, such as making a builder.
 * A lock whose owner is dead counts for nothing.
 */
export async function withLock<T>(name: string, owner: Owner, work: () => Promise<T>): Promise<T> {
  const folder = join(cacheFolder(), 'locks');
  const path = join(folder, name);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw storageError(`could not make ${folder}`, cause);
  });
  while (!(await take(path, owner))) await setTimeout(300);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw storageError(`could not lock ${path}`, cause);
  }
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null || isHeld(text)) return false;
  await rm(path, { force: true });
  return false;
}

/** A lock that is being written right now has no owner yet. */
function isHeld(text: string): boolean {
  if (text === '') return true;
  try {
    return isAlive(JSON.parse(text) as Owner);
  } catch {
    return false;
  }
}
