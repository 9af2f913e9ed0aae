import type { Origin } from '../catalog/types.ts';
import { type PrefetchProgress, prefetch } from '../fetch/prefetch.ts';
import { readLock } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';
import { lockedFiles } from './inputs.ts';

export interface FetchLockOptions {
  origins: Origin[];
  whenGone: 'error' | 'refresh';
  onStep: (step: string) => void;
  onNote: (text: string) => void;
}

export interface FetchedLock {
  lock: Lock;
  /** URL to a verified file in the cache. */
  cached: Map<string, string>;
}

/** Reads a lock and gets everything it names for one architecture (OCI name) into the cache. */
export async function fetchLock(
  path: string,
  architecture: string,
  options: FetchLockOptions,
): Promise<FetchedLock> {
  const lock = await readLock(path);
  return { lock, cached: await fetchFiles(lock, architecture, options) };
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

/** Progress comes with every file; people need it once in a while. */
function atMostEvery<T>(milliseconds: number, act: (value: T) => void): (value: T) => void {
  let last = Date.now();
  return (value) => {
    if (Date.now() - last < milliseconds) return;
    last = Date.now();
    act(value);
  };
}

const percent = (part: number, whole: number): number =>
  whole === 0 ? 100 : Math.floor((100 * part) / whole);
