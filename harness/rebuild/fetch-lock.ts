import { stat } from 'node:fs/promises';
import type { Origin } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { RESOLVERS } from '../fetch/resolvers.ts';
import { type PrefetchProgress, prefetch } from '../fetch/prefetch.ts';
import { waiverNote } from '../lock/expired.ts';
import { parseLock, readLock } from '../lock/parse.ts';
import type { Lock, NamedLock } from '../lock/types.ts';
import { lockedFiles } from './inputs.ts';
import { namedLock } from './named-lock.ts';
import { atMostEvery } from './throttle.ts';

export interface FetchLockOptions {
  origins: Origin[];
  whenGone: 'error' | 'refresh';
  onStep: (step: string) => void;
  onNote: (text: string) => void;
  /** Stands in for what the file says. */
  lock?: Lock;
}

export interface FetchedLock {
  /** Of the architecture that was asked for. */
  lock: NamedLock;
  /** URL to a file in the cache, verified as far as the lock says what it must be. */
  cached: Map<string, string>;
}

/**
 * Reads a lock and gets everything it names for one architecture (OCI name) into the cache. When a package is in no
 * origin any more and the catalog says `whenGone: refresh`, the lock is resolved anew in memory and that is noted:
 * the run then speaks of the refreshed lock, and its digest is in every cell's key. The file stays as it is.
 */
export async function fetchLock(
  path: string,
  architecture: string,
  options: FetchLockOptions,
): Promise<FetchedLock> {
  const lock = options.lock ?? (await readLock(path));
  try {
    return await fetched(lock, architecture, options);
  } catch (error) {
    const gone = error instanceof TwinproofError && error.code === 'input-unavailable';
    if (!gone || options.whenGone !== 'refresh') throw error;
    return await fetched(await refresh(lock, error, options), architecture, options);
  }
}

async function fetched(lock: Lock, architecture: string, options: FetchLockOptions): Promise<FetchedLock> {
  const cached = await fetchFiles(lock, architecture, options);
  const waived = waiverNote(lock);
  if (waived !== null) options.onNote(waived);
  return { lock: await namedLock(lock, architecture, cached), cached };
}

async function refresh(lock: Lock, gone: TwinproofError, options: FetchLockOptions): Promise<Lock> {
  const input = lock.path.replace(/\.lock\.yaml$/, '.in.yaml');
  const resolve = RESOLVERS[lock.kind];
  if (resolve === undefined || (await stat(input).catch(() => null)) === null) throw gone;
  const { text, changes } = await resolve(input, lock, { onStep: options.onStep });
  const names = changes.map(({ name, from, to }) => `${name} ${from ?? 'absent'} -> ${to ?? 'absent'}`);
  options.onNote(
    `${lock.path}: locked packages are gone from every origin; resolved anew: ${names.join(', ')}`,
  );
  return parseLock(text, lock.path);
}

async function fetchFiles(
  lock: Lock,
  architecture: string,
  options: FetchLockOptions,
): Promise<Map<string, string>> {
  return prefetch(lockedFiles(lock, architecture), {
    origins: [...options.origins, ...lock.origins],
    onProgress: atMostEvery(1000, ({ files, filesDone, bytes, bytesDone }: PrefetchProgress) => {
      options.onStep(`fetching: ${filesDone} of ${files} files, ${percent(bytesDone, bytes)} %`);
    }),
  });
}

const percent = (part: number, whole: number): number =>
  whole === 0 ? 100 : Math.min(100, Math.floor((100 * part) / whole));
