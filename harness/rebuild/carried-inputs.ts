import { constants } from 'node:fs';
import { copyFile, lstat, mkdir } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../engine/folders.ts';
import { storageError } from '../engine/storage.ts';
import { TwinproofError } from '../errors.ts';
import { PARTS, adopt, cachedPath, checksumOf, findCached, prepareCache } from '../fetch/cache.ts';
import { labelOf } from '../fetch/origins.ts';
import { knownRedirects, rememberRedirects } from '../fetch/redirects.ts';
import { algorithmOf, pinOf } from '../lock/checksum.ts';
import { readLock } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';
import { linkOrCopy, lockedFiles } from './inputs.ts';

/**
 * Lays what a lock names into a folder that another machine can take it from, under the names that the cache has: files
 * whose checksum proves them, and by which way each was fetched.
 * @param cached URL to path in the cache
 */
export async function packInputs(
  lock: Lock,
  architecture: string,
  { cached, folder }: { cached: ReadonlyMap<string, string>; folder: string },
): Promise<void> {
  const packed = new Set<string>();
  for (const file of lockedFiles(lock, architecture)) {
    const way = await knownRedirects(cacheFolder(), file.url);
    if (way.length > 0) await rememberRedirects(folder, file.url, way);
    const pin = pinOf(file);
    const source = cached.get(file.url);
    if (pin === null || source === undefined || packed.has(pin)) continue;
    packed.add(pin);
    const target = cachedPath(folder, pin);
    await mkdir(dirname(target), { recursive: true });
    await linkOrCopy(source, target);
  }
}

/**
 * Takes what a lock names from such a folder into the cache, each file checked. What the folder lacks is fetched as ever.
 * @throws TwinproofError record-invalid for a file with other bytes
 */
export async function unpackInputs(folder: string, lockPath: string, architecture: string): Promise<void> {
  const cache = cacheFolder();
  await prepareCache(cache);
  for (const file of lockedFiles(await readLock(lockPath), architecture)) {
    const pin = pinOf(file);
    if (pin === null || (await findCached(cache, { ...file, checksum: pin })) !== null) continue;
    const source = cachedPath(folder, pin);
    const info = await lstat(source).catch(() => null);
    if (info === null) continue;
    const part = join(cache, PARTS, `${pin.replace(':', '-')}.${randomBytes(4).toString('hex')}`);
    if (!info.isFile() || (await checksumOf(source, algorithmOf(pin))) !== pin) {
      throw new TwinproofError('record-invalid', `${labelOf(file)} has other bytes than the lock says`, {
        where: source,
        hint: 'copy the folder of `twinproof job prepare` again, or remove the file: it is fetched then',
      });
    }
    await copyFile(source, part, constants.COPYFILE_EXCL).catch((cause: unknown) => {
      throw storageError(`could not take ${source} over`, cause);
    });
    await adopt(cache, part, pin);
  }
}
