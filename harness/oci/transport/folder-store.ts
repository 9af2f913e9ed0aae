import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageInvalid } from '../fault.ts';
import type { FileStore } from './types.ts';

/** Size of a regular file, null if it is missing. @throws TwinproofError image-invalid for a device, pipe … */
export async function regularSize(path: string): Promise<number | null> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw imageInvalid('is not a regular file', path);
    return info.size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw imageInvalid(`cannot be read: ${code}`, path);
  }
}

export function folderStore(folder: string): FileStore {
  return {
    path: folder,
    find: async (name) => {
      const path = join(folder, name);
      const size = await regularSize(path);
      return size === null ? null : { path, offset: 0, size };
    },
  };
}
