import { rmSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { currentOwner } from '../engine/owner.ts';
import { makeScratch } from '../engine/scratch.ts';
import { storageError } from '../engine/storage.ts';
import { MORE_SPACE, TwinproofError } from '../errors.ts';

/** Folders of this process. What an exit leaves is removed at once; what a kill leaves, by the next run or `clean`. */
const open = new Set<string>();

/** Space for blobs that do not lie in a local file, under the conventions of the engine's scratch folders. */
export class ScratchFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws TwinproofError storage */
  static async make(label: string): Promise<ScratchFolder> {
    const path = await makeScratch(currentOwner(label), label);
    if (open.size === 0) process.once('exit', removeAll);
    open.add(path);
    return new ScratchFolder(path);
  }

  /** @throws TwinproofError storage when so many bytes more will not fit */
  async reserve(bytes: number, what: string): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    if (bytes <= bavail * bsize) return;
    throw new TwinproofError('storage', `${what} has ${bytes} bytes, ${bavail * bsize} are free`, {
      where: this.path,
      hint: MORE_SPACE,
    });
  }

  async close(): Promise<void> {
    open.delete(this.path);
    await rm(this.path, { recursive: true, force: true }).catch((cause: unknown) => {
      throw storageError(`could not remove ${this.path}`, cause);
    });
  }
}

function removeAll(): void {
  for (const path of open) rmSync(path, { recursive: true, force: true });
}

/** Runs `use`; when it fails, the scratch folder goes with it, else its image takes it over. */
export async function withScratch<T>(label: string, use: (scratch: ScratchFolder) => Promise<T>): Promise<T> {
  const scratch = await ScratchFolder.make(label);
  try {
    return await use(scratch);
  } catch (error) {
    await scratch.close();
    throw error;
  }
}
