import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOwner, isAlive } from '../engine/owner.ts';
import { storageError } from '../engine/storage.ts';
import { algorithmOf, pinOf } from '../lock/checksum.ts';
import type { LockedFile } from '../lock/types.ts';
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
  readonly #folder: string;
  readonly #file: LockedFile;
  readonly #algorithm: string;
  readonly #handle: FileHandle;
  #path: string;
  #hash: Hash;
  #length = 0;

  private constructor(folder: string, file: LockedFile, path: string, handle: FileHandle) {
    this.#folder = folder;
    this.#file = file;
    this.#algorithm = file.checksum === undefined ? 'sha256' : algorithmOf(file.checksum);
    this.#path = path;
    this.#handle = handle;
    this.#hash = createHash(this.#algorithm);
  }

  /** Takes up an abandoned part, or begins an empty one. */
  static async open(folder: string, file: LockedFile): Promise<Part> {
    const pin = pinOf(file);
    const prefix = pin === null ? 'unverified.' : `${pin.replace(':', '-')}.`;
    const path = join(folder, PARTS, prefix + ownName());
    try {
      if (pin !== null) await claim(join(folder, PARTS), prefix, path);
      const part = new Part(folder, file, path, await open(path, 'a+'));
      await part.#readBack();
      return part;
    } catch (cause) {
      throw storageError(`could not write to the cache ${folder}`, cause);
    }
  }

  /** Bytes that are there. */
  get length(): number {
    return this.#length;
  }

  /** @returns false, without writing, when there would be more bytes than there may be */
  async append(chunk: Uint8Array): Promise<boolean> {
    if (this.#length + chunk.length > this.limit) return false;
    try {
      await this.#handle.appendFile(chunk);
    } catch (cause) {
      throw storageError(`could not write to the cache ${this.#folder}`, cause);
    }
    this.#hash.update(chunk);
    this.#length += chunk.length;
    return true;
  }

  /** The most bytes that it may have: those of the lock. */
  get limit(): number {
    return this.#file.size ?? MAX_BYTES;
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash(this.#algorithm);
    this.#length = 0;
  }

  /** Checksum of what is there, as `<algorithm>:<hex>`, with the algorithm of the lock. */
  checksum(): string {
    return `${this.#algorithm}:${this.#hash.copy().digest('hex')}`;
  }

  /** Puts the verified file into the cache; the part is closed. */
  async finish(): Promise<string> {
    await this.#handle.close();
    const checksum = pinOf(this.#file) ?? (await checksumOf(this.#path, 'sha256'));
    return adopt(this.#folder, this.#path, checksum);
  }

  /** Closes the part and keeps it for a later try, or removes it when there is nothing worth keeping. */
  async release(): Promise<void> {
    await this.#handle.close();
    const pin = pinOf(this.#file);
    if (this.#length === 0 || pin === null) return rm(this.#path, { force: true });
    const free = `${pin.replace(':', '-')}.${FREE}.${randomBytes(4).toString('hex')}`;
    return rename(this.#path, join(this.#folder, PARTS, free));
  }

  async #readBack(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > this.limit) return this.restart();
    const buffer = Buffer.allocUnsafe(1024 ** 2);
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#length);
      if (bytesRead === 0) return;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#length += bytesRead;
    }
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
