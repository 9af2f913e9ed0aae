import { open, type FileHandle } from 'node:fs/promises';
import { storageError } from '../../engine/storage.ts';
import { Digester } from '../digest.ts';

/** A blob that is being downloaded: bytes so far, their digest, and never more than its descriptor says. */
export class BlobFile {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #digest: string;
  #digester: Digester;
  #length = 0;

  private constructor(path: string, handle: FileHandle, digest: string, size: number) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
    this.#digest = digest;
    this.#digester = new Digester(digest, path);
  }

  /** Appends wherever the end is, also after a restart. @throws TwinproofError storage */
  static async create(path: string, { digest, size }: { digest: string; size: number }): Promise<BlobFile> {
    const handle = await open(path, 'ax', 0o600).catch((cause: unknown) => {
      throw storageError(`could not write ${path}`, cause);
    });
    return new BlobFile(path, handle, digest, size);
  }

  get length(): number {
    return this.#length;
  }

  /** @returns false, without writing, when there would be too many bytes */
  async append(chunk: Uint8Array): Promise<boolean> {
    if (this.#length + chunk.length > this.size) return false;
    await this.#handle.appendFile(chunk).catch((cause: unknown) => {
      throw storageError(`could not write ${this.path}`, cause);
    });
    this.#digester.update(chunk);
    this.#length += chunk.length;
    return true;
  }

  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#digester = new Digester(this.#digest, this.path);
    this.#length = 0;
  }

  /** Digest of all bytes; after this nothing may be added. */
  digest(): string {
    return this.#digester.digest();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
