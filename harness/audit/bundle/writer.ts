import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { digestOfFile, sha256 } from '../../model/digest.ts';
import { compareText } from '../../model/text-order.ts';
import { EMPTY, EMPTY_BYTES, type FileEntry, manifestOf } from '../../oci/artifact/manifest.ts';
import { OCI_MANIFEST } from '../../oci/media-types.ts';
import { BUNDLE_TYPE } from './format.ts';

/** Writes a replay bundle: the same bytes for the same files, in whatever order they come. */
export class BundleWriter {
  readonly #folder: string;
  readonly #files = new Map<string, FileEntry>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws TwinproofError usage for a folder that holds something, storage */
  static async make(folder: string): Promise<BundleWriter> {
    const there = await readdir(folder).catch(() => []);
    if (there.length > 0)
      throw new TwinproofError('usage', 'the folder of a bundle must be new or empty', { where: folder });
    await mkdir(join(folder, 'blobs/sha256'), { recursive: true }).catch((cause: unknown) => {
      throw storageError(`could not make ${folder}`, cause);
    });
    return new BundleWriter(folder);
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  async json(path: string, value: unknown): Promise<void> {
    await this.bytes(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
  }

  async bytes(path: string, bytes: Uint8Array): Promise<void> {
    const digest = sha256(bytes);
    await writeFile(this.#place(digest), bytes).catch(notWritten(this.#folder));
    this.#files.set(path, { path, digest, size: bytes.length });
  }

  /** Bytes that may be many. */
  async stream(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const part = join(this.#folder, `.part-${randomBytes(6).toString('hex')}`);
    try {
      await pipeline(bytes, createWriteStream(part));
    } catch (cause) {
      await rm(part, { force: true });
      throw cause instanceof TwinproofError
        ? cause
        : storageError(`could not write into ${this.#folder}`, cause);
    }
    const digest = await digestOfFile(part);
    const { size } = await stat(part);
    await rename(part, this.#place(digest));
    this.#files.set(path, { path, digest, size });
  }

  /** Writes what tells of all files. @returns the digest of the bundle */
  async finish(): Promise<string> {
    await writeFile(this.#place(EMPTY.digest), EMPTY_BYTES);
    const files = [...this.#files.values()].sort((a, b) => compareText(a.path, b.path));
    const manifest = manifestOf(BUNDLE_TYPE, files);
    const digest = sha256(manifest);
    await writeFile(this.#place(digest), manifest);
    const entry = { mediaType: OCI_MANIFEST, artifactType: BUNDLE_TYPE, digest, size: manifest.length };
    const index = { schemaVersion: 2, manifests: [entry] };
    await writeFile(join(this.#folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    // Last: a folder without it is no bundle.
    await writeFile(join(this.#folder, 'index.json'), JSON.stringify(index));
    return digest;
  }

  #place(digest: string): string {
    return join(this.#folder, 'blobs', digest.replace(':', '/'));
  }
}

const notWritten =
  (folder: string) =>
  (cause: unknown): never => {
    throw storageError(`could not write into ${folder}`, cause);
  };
