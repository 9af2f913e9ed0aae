import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOwner, isAlive } from '../engine/owner.ts';
import { storageError } from '../engine/storage.ts';
import { adopt, PARTS } from './cache.ts';
import type { Content } from './cache.ts';

const FREE = 'free';

/**
 * A download in progress, kept under a name that says whose it is, so that what a killed process has left is taken
 * up by the next one and two processes never write the same file.
 */
export class Part {
  readonly #folder: string;
  readonly #content: Content;
  readonly #algorithm: string;
  readonly #handle: FileHandle;
  #path: string;
  #hash: Hash;
  #length = 0;

  private constructor(folder: string, content: Content, path: string, handle: FileHandle) {
    this.#folder = folder;
    this.#content = content;
    this.#algorithm = content.checksum.split(':', 1)[0] ?? 'sha256';
    this.#path = path;
    this.#handle = handle;
    this.#hash = createHash(this.#algorithm);
  }

  /** Takes up an abandoned part, or begins an empty one. */
  static async open(folder: string, content: Content): Promise<Part> {
    const prefix = `${content.checksum.replace(':', '-')}.`;
    const path = join(folder, PARTS, prefix + ownName());
    try {
      await claim(join(folder, PARTS), prefix, path);
      const part = new Part(folder, content, path, await open(path, 'a+'));
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

  /** @returns false, without writing, when there would be more bytes than the lock says */
  async append(chunk: Uint8Array): Promise<boolean> {
    if (this.#length + chunk.length > this.#content.size) return false;
    try {
      await this.#handle.appendFile(chunk);
    } catch (cause) {
      throw storageError(`could not write to the cache ${this.#folder}`, cause);
    }
    this.#hash.update(chunk);
    this.#length += chunk.length;
    return true;
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash(this.#algorithm);
    this.#length = 0;
  }

  /** Checksum of what is there, as `<algorithm>:<hex>`. */
  checksum(): string {
    return `${this.#algorithm}:${this.#hash.copy().digest('hex')}`;
  }

  /** Puts the verified file into the cache; the part is closed. */
  async finish(): Promise<string> {
    await this.#handle.close();
    return adopt(this.#folder, this.#path, this.#content.checksum);
  }

  /** Closes the part and keeps it for a later try, or removes it when there is nothing worth keeping. */
  async release(): Promise<void> {
    await this.#handle.close();
    if (this.#length === 0) return rm(this.#path, { force: true });
    const free = `${this.#content.checksum.replace(':', '-')}.${FREE}.${randomBytes(4).toString('hex')}`;
    return rename(this.#path, join(this.#folder, PARTS, free));
  }

  async #readBack(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > this.#content.size) return this.restart();
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
