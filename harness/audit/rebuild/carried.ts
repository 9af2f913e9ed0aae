import { lstat } from 'node:fs/promises';
import type { Subject } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import { cachedPath } from '../../fetch/cache.ts';
import { labelOf } from '../../fetch/origins.ts';
import { pinOf } from '../../lock/checksum.ts';
import { readLock } from '../../lock/parse.ts';
import { unpackInputs } from '../../rebuild/carried-inputs.ts';
import { lockedFiles } from '../../rebuild/inputs.ts';
import type { Places } from '../places.ts';

/**
 * Takes the packages of a lock into the cache where they were carried here: all of them, as nothing is fetched in place of
 * one that is not there.
 * @returns the folder that they came in; null where they are fetched
 * @throws TwinproofError input-unavailable with the file that is lacking
 */
export async function takeCarried(
  { lock, platform }: Subject,
  places: Pick<Places, 'carried'>,
): Promise<string | null> {
  const folder = await places.carried();
  if (folder === null || lock === null) return folder;
  for (const file of lockedFiles(await readLock(lock.path), platform.architecture)) {
    const pin = pinOf(file);
    if (pin !== null && (await lstat(cachedPath(folder, pin)).catch(() => null)) !== null) continue;
    throw new TwinproofError('input-unavailable', `the bundle does not hold ${labelOf(file)}`, {
      where: lock.path,
      hint: pin === null ? 'no checksum proves it, so that it cannot be kept' : 'make the bundle anew',
    });
  }
  await unpackInputs(folder, lock.path, platform.architecture);
  return folder;
}
