import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOwner, isAlive } from '../engine/owner.ts';
import { storageError } from '../engine/storage.ts';
import { algorithmOf, pinOf } from '../lock/checksum.ts';
import type { LockedFile } from '../lock/types.ts';
import { GrowingFile } from '../net/growing-file.ts';
import { adopt, checksumOf, PARTS } from './cache.ts';

const FREE = 'free';
/** The most that is read of a file of which the size is not known. */
const MAX_BYTES = 16 * 1024 ** 3;

/**
 * A download in progress, kept under a name that says whose it is, so that what a killed process has left is taken
 * up by the next one and two processes never write the same file. What has no checksum that proves it is never taken
 * up: nobody could tell that its two halves belong together.
 */
export class Part {
  readonly file: GrowingFile;
  readonly #folder: string;
  readonly #path: string;
  readonly #pin: string | null;

  private constructor(
    folder: string,
    { path, pin, file }: { path: string; pin: string | null; file: GrowingFile },
  ) {
    this.file = file;
    this.#folder = folder;
    this.#path = path;
    this.#pin = pin;
  }

  /** Takes up an abandoned part, or begins an empty one. */
  static async open(folder: string, locked: LockedFile): Promise<Part> {
    const pin = pinOf(locked);
    const { size: limit = MAX_BYTES, checksum = 'sha256:' } = locked;
    const prefix = pin === null ? 'unverified.' : `${pin.replace(':', '-')}.`;
    const path = join(folder, PARTS, prefix + ownName());
    const fault = (cause: unknown): Error => storageError(`could not write to the cache ${folder}`, cause);
    if (pin !== null)
      await claim(join(folder, PARTS), prefix, path).catch((cause: unknown) => {
        throw fault(cause);
      });
    const file = await GrowingFile.open({ path, limit, algorithm: algorithmOf(checksum), fault });
    return new Part(folder, { path, pin, file });
  }

  /** Puts the verified file into the cache; the part is closed. */
  async finish(): Promise<string> {
    await this.file.close();
    return adopt(this.#folder, this.#path, this.#pin ?? (await checksumOf(this.#path, 'sha256')));
  }

  /** Closes the part and keeps it for a later try, or removes it when there is nothing worth keeping. */
  async release(): Promise<void> {
    await this.file.close();
    if (this.file.length === 0 || this.#pin === null) return rm(this.#path, { force: true });
    const free = `${this.#pin.replace(':', '-')}.${FREE}.${randomBytes(4).toString('hex')}`;
    return rename(this.#path, join(this.#folder, PARTS, free));
  }
}

function ownName(): string {
  const { pid, started, boot } = currentOwner('');
  return `${pid}.${started}.${boot}.${randomBytes(4).toString('hex')}`;
}

/** Renames the first part that nobody works on to `path`; a rename is atomic, so one process only gets it. */
async function claim(folder: string, prefix: string, path: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !isAbandoned(name.slice(prefix.length))) continue;
    const taken = await rename(join(folder, name), path).then(
      () => true,
      () => false,
    );
    if (taken) return;
  }
}

function isAbandoned(name: string): boolean {
  const [pid = '', started = '', boot = ''] = name.split('.');
  return pid === FREE || !isAlive({ run: '', pid: Number(pid), started, boot });
}
