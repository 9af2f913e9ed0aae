import { open } from 'node:fs/promises';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import type { ScratchFolder } from '../scratch.ts';

/** Free space is looked at once in so many bytes. */
const SPACE_CHECK = 64 * 1024 * 1024;

export interface SpoolOptions {
  /** What is written, for errors. */
  what: string;
  /** Milliseconds without a byte until the source counts as stalled. */
  stall?: number;
}

/** The next piece, or a `timeout`. */
async function nextWithin<T>(
  pieces: AsyncIterator<T>,
  { stall, what }: SpoolOptions,
): Promise<IteratorResult<T>> {
  if (stall === undefined) return pieces.next();
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    const fault = new TwinproofError('timeout', `nothing came for ${stall / 1000} s`, { where: what });
    timer = setTimeout(() => reject(fault), stall);
  });
  try {
    return await Promise.race([pieces.next(), stalled]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Writes a stream of unknown length into a file of a scratch folder, as long as the disk has room.
 * @returns bytes written
 * @throws TwinproofError storage, timeout
 */
export async function spool(
  source: AsyncIterable<Uint8Array>,
  path: string,
  scratch: ScratchFolder,
  options: SpoolOptions,
): Promise<number> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw storageError(`could not write ${path}`, cause);
  });
  const pieces = source[Symbol.asyncIterator]();
  let size = 0;
  let checked = 0;
  try {
    for (let next = await nextWithin(pieces, options); next.done !== true;) {
      if (size >= checked) {
        await scratch.reserve(SPACE_CHECK, options.what);
        checked += SPACE_CHECK;
      }
      await file.writeFile(next.value).catch((cause: unknown) => {
        throw storageError(`could not write ${path}`, cause);
      });
      size += next.value.length;
      next = await nextWithin(pieces, options);
    }
    return size;
  } finally {
    // A source that hangs would never answer; it is left to its own end.
    void pieces.return?.().catch(() => undefined);
    await file.close();
  }
}
