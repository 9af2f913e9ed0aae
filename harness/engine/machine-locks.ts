import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { storageError } from './storage.ts';

/**
 * The folder of locks for what all processes of a user share whichever cache folder they have, such as volumes of an
 * engine. Nobody else may write there.
 * @throws TwinproofError storage
 */
export async function machineLocks(base = '/tmp', user = process.getuid?.() ?? 0): Promise<string> {
  const folder = join(base, `twinproof-locks-${user}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const info = await lstat(folder);
    if (info.isDirectory() && info.uid === user) {
      await chmod(folder, 0o700);
      return folder;
    }
  } catch (cause) {
    throw storageError(`could not make ${folder}`, cause);
  }
  throw new TwinproofError('storage', 'it is no folder of this user, so no locks can be kept there', {
    where: folder,
    hint: 'remove it',
  });
}
