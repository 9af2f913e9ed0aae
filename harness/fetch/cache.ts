import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../engine/storage.ts';
import { REDIRECTS_FOLDER } from './redirects.ts';
import { algorithmOf, STRONG_ALGORITHMS } from '../lock/checksum.ts';

/** What a file is kept under: its checksum, and its size so that a wrong length shows without reading it. */
export interface Content {
  /** One that proves content (`pinOf`). */
  checksum: string;
  size?: number;
}

export const PARTS = 'partial';

/** Path of a file in the cache, `<folder>/sha256/<hex>`, whether it is there or not. */
export function cachedPath(folder: string, checksum: string): string {
  const [algorithm = '', hex = ''] = checksum.split(':');
  return join(folder, algorithm, hex);
}

/**
 * Path of a cached file whose size and checksum were verified just now, or null. A file that went bad is thrown
 * away, so that it is downloaded again.
 */
export async function findCached(folder: string, content: Content): Promise<string | null> {
  const path = cachedPath(folder, content.checksum);
  try {
    const { size } = await stat(path);
    const fits = content.size === undefined || size === content.size;
    if (fits && (await checksumOf(path, algorithmOf(content.checksum))) === content.checksum) return path;
    await rm(path, { force: true });
    return null;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw storageError(`could not read ${path} of the cache`, cause);
  }
}

/** `<algorithm>:<hex>`. */
export async function checksumOf(path: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 }))
    hash.update(chunk as Buffer);
  return `${algorithm}:${hash.digest('hex')}`;
}

/** Makes the folders of the cache and marks it as a cache for backup tools (bford.info/cachedir). */
export async function prepareCache(folder: string): Promise<void> {
  try {
    for (const name of [...STRONG_ALGORITHMS, PARTS]) await mkdir(join(folder, name), { recursive: true });
    const tag =
      'Signature: 8a477f597d28d172789f06886806bc55\n# Downloads of twinproof, named by their checksum.\n';
    await writeFile(join(folder, 'CACHEDIR.TAG'), tag);
  } catch (cause) {
    throw storageError(`could not make the cache ${folder}`, cause);
  }
}

/** Puts a complete, verified file into the cache, read-only; a file that another process put there is as good. */
export async function adopt(folder: string, part: string, checksum: string): Promise<string> {
  const path = cachedPath(folder, checksum);
  try {
    await chmod(part, 0o444);
    await rename(part, path);
  } catch (cause) {
    throw storageError(`could not put a file into the cache ${folder}`, cause);
  }
  return path;
}

/** Removes all downloads, complete or not, and nothing else. */
export async function cleanCache(folder: string): Promise<{ files: number; bytes: number }> {
  const removed = { files: 0, bytes: 0 };
  for (const name of [...STRONG_ALGORITHMS, PARTS, REDIRECTS_FOLDER]) {
    for (const file of await readdir(join(folder, name)).catch(() => [])) {
      const path = join(folder, name, file);
      removed.bytes += (await stat(path).catch(() => null))?.size ?? 0;
      removed.files += 1;
      await rm(path, { force: true, recursive: true });
    }
  }
  return removed;
}
