import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

export interface GrowingFileOptions {
  path: string;
  /** Of the checksum, as `createHash` names it. */
  algorithm: string;
  /** The most bytes that it may have. */
  limit: number;
  /** What an error of the file system becomes. */
  fault: (cause: unknown) => Error;
}

const CHUNK = 1024 ** 2;

/** A file that is being downloaded: bytes so far and their checksum. Only its owner may read it. */
export class GrowingFile {
  readonly limit: number;
  readonly #options: GrowingFileOptions;
  readonly #handle: FileHandle;
  #hash: Hash;
  #length = 0;

  private constructor(options: GrowingFileOptions, handle: FileHandle) {
    this.limit = options.limit;
    this.#options = options;
    this.#handle = handle;
    this.#hash = createHash(options.algorithm);
  }

  /** Takes up what is there; what is longer than it may be is thrown away. */
  static async open(options: GrowingFileOptions): Promise<GrowingFile> {
    try {
      const file = new GrowingFile(options, await open(options.path, 'a+', 0o600));
      await file.#readBack();
      return file;
    } catch (cause) {
      throw options.fault(cause);
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
      throw this.#options.fault(cause);
    }
    this.#hash.update(chunk);
    this.#length += chunk.length;
    return true;
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash(this.#options.algorithm);
    this.#length = 0;
  }

  /** Checksum of what is there, as `<algorithm>:<hex>`. */
  checksum(): string {
    return `${this.#options.algorithm}:${this.#hash.copy().digest('hex')}`;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #readBack(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > this.limit) return this.restart();
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(size, 1)));
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#length);
      if (bytesRead === 0) return;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#length += bytesRead;
    }
  }
}
