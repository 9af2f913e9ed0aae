import { join } from 'node:path';
import type { z } from 'zod';
import { readExactJson } from '../../attest/exact-json.ts';
import { TwinproofError } from '../../errors.ts';
import { type FileEntry, filesOf } from '../../oci/artifact/manifest.ts';
import { verifyPlace } from '../../oci/blob.ts';
import { parseDescriptor } from '../../oci/descriptor.ts';
import { imageInvalid } from '../../oci/fault.ts';
import { asArray } from '../../oci/json.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { documentOf, manifestsFrom, readSmall } from '../../oci/transport/documents.ts';
import { folderStore } from '../../oci/transport/folder-store.ts';
import { layoutLocate } from '../../oci/transport/layout.ts';
import { readAll } from '../../oci/transport/ranges.ts';
import type { BlobPlace } from '../../oci/types.ts';
import { BUNDLE_TYPE } from './format.ts';

/** A replay bundle. Every file is held against its digest before it is used. */
export class BundleReader {
  readonly folder: string;
  /** Digest of the bundle. */
  readonly digest: string;
  readonly #files: ReadonlyMap<string, FileEntry>;

  private constructor(folder: string, digest: string, files: readonly FileEntry[]) {
    this.folder = folder;
    this.digest = digest;
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /** @throws TwinproofError image-invalid */
  static async open(folder: string): Promise<BundleReader> {
    const store = folderStore(folder);
    const where = `${folder}: index.json`;
    const { json } = documentOf(
      await readSmall(store, 'index.json', 'is it a replay bundle?'),
      OCI_INDEX,
      where,
    );
    const entries = asArray(json.manifests, `${where}/manifests`).map((value, number) =>
      parseDescriptor(value, `${where}/manifests/${number}`),
    );
    const [only, ...more] = entries.filter(({ artifactType = BUNDLE_TYPE }) => artifactType === BUNDLE_TYPE);
    if (only === undefined || more.length > 0)
      throw imageInvalid(`holds ${only === undefined ? 'no' : 'more than one'} replay bundle`, where);
    const manifest = await manifestsFrom(layoutLocate(store), folder)(only);
    return new BundleReader(
      folder,
      manifest.digest,
      filesOf(manifest, BUNDLE_TYPE, `${folder}: ${manifest.digest}`),
    );
  }

  get paths(): string[] {
    return [...this.#files.keys()];
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Where a file lies, its bytes checked. @throws TwinproofError input-unavailable, image-invalid */
  async file(path: string): Promise<string> {
    const entry = this.#files.get(path);
    if (entry === undefined) throw missing(this.folder, path);
    const descriptor = { mediaType: 'application/octet-stream', digest: entry.digest, size: entry.size };
    await verifyPlace(descriptor, await layoutLocate(folderStore(this.folder))(descriptor));
    return join(this.folder, 'blobs', entry.digest.replace(':', '/'));
  }

  async place(path: string): Promise<BlobPlace> {
    return { path: await this.file(path), offset: 0, size: this.#files.get(path)?.size ?? 0 };
  }

  async bytes(path: string): Promise<Buffer> {
    return readAll(await this.place(path));
  }

  async json<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    const read = readExactJson(await this.bytes(path));
    const where = `${this.folder}: ${path}`;
    if ('fault' in read) throw imageInvalid(read.fault, where);
    const parsed = schema.safeParse(read.value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw imageInvalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, where);
  }
}

/** Nothing is fetched in place of what a bundle lacks. */
export const missing = (folder: string, what: string): TwinproofError =>
  new TwinproofError('input-unavailable', `the bundle does not hold ${what}`, {
    where: folder,
    hint: 'make it anew with `npx twinproof audit … --bundle DIR`',
  });
