import { statfs } from 'node:fs/promises';
import type { Origin } from '../catalog/types.ts';
import { cacheFolder } from '../engine/folders.ts';
import { MORE_SPACE, TwinproofError } from '../errors.ts';
import { pinOf } from '../lock/checksum.ts';
import type { LockedFile } from '../lock/types.ts';
import { findCached, prepareCache } from './cache.ts';
import { Connections } from '../net/connections.ts';
import { type Patience, PATIENCE } from '../net/patience.ts';
import { download } from './download.ts';
import { labelOf } from './origins.ts';
import { joinFailures } from './failures.ts';
import { forEachLimited } from './limited.ts';

/** Bytes count what is in the cache and verified, or being downloaded; `retries` the tries beyond the first. */
export interface PrefetchProgress {
  files: number;
  filesDone: number;
  bytes: number;
  bytesDone: number;
  /** Files that were not in the cache. */
  downloads: number;
  retries: number;
}

export interface PrefetchOptions {
  origins: Origin[];
  /** Folder of the cache; `cacheFolder()` unless given. */
  cache?: string;
  /** Never touch the network. */
  offline?: boolean;
  onProgress?: (progress: Readonly<PrefetchProgress>) => void;
  signal?: AbortSignal;
  /** Files at a time; 8 unless given. */
  concurrency?: number;
  patience?: Patience;
}

/**
 * Makes sure that files are in the cache. Every file's size and checksum is verified on each call; the network is
 * touched only for what is missing. A file without a checksum that proves it is downloaded on every call: what lies
 * there from before could be anything.
 * @returns path in the cache by URL; the files are shared and must only be read
 * @throws TwinproofError input-unavailable, input-mismatch, storage, interrupted; several failures are reported in one
 */
export async function prefetch(files: LockedFile[], options: PrefetchOptions): Promise<Map<string, string>> {
  const cache = options.cache ?? cacheFolder();
  const concurrency = options.concurrency ?? 8;
  const wanted = distinct(files);
  const progress = newProgress(wanted);
  const paths = new Map<string, string>();
  const missing: LockedFile[] = [];
  await forEachLimited(wanted, concurrency, async (file) => {
    throwIfStopped(options);
    const checksum = pinOf(file);
    const path = checksum === null ? null : await findCached(cache, { ...file, checksum });
    if (path === null) missing.push(file);
    else paths.set(keyOf(file), path);
    if (path !== null) advance(progress, options, { files: 1, bytes: sizeOf(file) });
  });
  if (missing.length > 0) {
    if (options.offline === true) throw joinFailures(missing.map(offlineFault));
    await prepareCache(cache);
    await checkSpace(cache, missing);
    await downloadAll(missing.toSorted(largestFirst), { options, cache, concurrency, progress, paths });
  }
  return new Map(files.map((file) => [file.url, paths.get(keyOf(file)) ?? '']));
}

/** Files with one checksum are one; the others are known by nothing but their URL. */
const keyOf = (file: LockedFile): string => pinOf(file) ?? file.url;

/** Nothing where the lock does not say it. */
const sizeOf = ({ size = 0 }: LockedFile): number => size;

interface Job {
  options: PrefetchOptions;
  cache: string;
  concurrency: number;
  progress: PrefetchProgress;
  paths: Map<string, string>;
}

async function downloadAll(missing: LockedFile[], job: Job): Promise<void> {
  const { options, cache, concurrency, progress, paths } = job;
  const patience = options.patience ?? PATIENCE;
  const connections = new Connections({ patience, perHost: concurrency });
  const failures: unknown[] = [];
  const onBytes = (bytes: number): void => advance(progress, options, { bytes });
  const transfer = {
    cache,
    origins: options.origins,
    connections,
    patience,
    onBytes,
    signal: options.signal,
  };
  try {
    await forEachLimited(missing, concurrency, async (file) => {
      // A full disk or Ctrl-C ends everything; that a file is missing must not hide that others are, too.
      if (failures.some(isFatal)) return;
      try {
        const { path, retries } = await download(file, transfer);
        paths.set(keyOf(file), path);
        progress.downloads += 1;
        advance(progress, options, { files: 1, retries });
      } catch (error) {
        failures.push(error);
      }
    });
  } finally {
    await connections.close();
  }
  if (failures.length > 0) throw joinFailures(failures);
}

function isFatal(error: unknown): boolean {
  return !(error instanceof TwinproofError) || error.code === 'storage' || error.code === 'interrupted';
}

/** One of each content; two entries that disagree about a size cannot both be right. */
function distinct(files: LockedFile[]): LockedFile[] {
  const byKey = new Map<string, LockedFile>();
  for (const file of files) {
    const known = byKey.get(keyOf(file));
    if (known?.size !== undefined && file.size !== undefined && known.size !== file.size) {
      const message = `${file.url} and ${known.url} have one checksum and two sizes`;
      throw new TwinproofError('lock-invalid', message);
    }
    byKey.set(keyOf(file), known?.size === undefined ? file : known);
  }
  return [...byKey.values()];
}

function newProgress(wanted: LockedFile[]): PrefetchProgress {
  const bytes = wanted.reduce((sum, file) => sum + sizeOf(file), 0);
  return { files: wanted.length, filesDone: 0, bytes, bytesDone: 0, downloads: 0, retries: 0 };
}

function advance(
  progress: PrefetchProgress,
  { onProgress }: PrefetchOptions,
  step: { files?: number; bytes?: number; retries?: number },
): void {
  progress.filesDone += step.files ?? 0;
  progress.bytesDone += step.bytes ?? 0;
  progress.retries += step.retries ?? 0;
  onProgress?.({ ...progress });
}

function offlineFault(file: LockedFile): TwinproofError {
  return new TwinproofError(
    'input-unavailable',
    `${labelOf(file)} is not in the cache, and this run is offline`,
    {
      hint: 'run once with a network',
    },
  );
}

function throwIfStopped({ signal }: PrefetchOptions): void {
  if (signal?.aborted === true) throw new TwinproofError('interrupted', 'the download was stopped');
}

const largestFirst = (a: LockedFile, b: LockedFile): number => sizeOf(b) - sizeOf(a);

async function checkSpace(cache: string, missing: LockedFile[]): Promise<void> {
  const needed = missing.reduce((sum, file) => sum + sizeOf(file), 0);
  const { bavail, bsize } = await statfs(cache);
  if (bavail * bsize >= needed) return;
  const message = `the cache ${cache} needs ${needed} bytes more and has ${bavail * bsize}`;
  throw new TwinproofError('storage', message, {
    hint: MORE_SPACE,
  });
}
