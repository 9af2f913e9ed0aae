import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { missingBlob, readDocument } from '../../oci/blob.ts';
import { parseDescriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository/types.ts';
import { documentOf } from '../../oci/transport/documents.ts';
import { openLayout } from '../../oci/transport/layout.ts';
import type { FileStore } from '../../oci/transport/types.ts';
import type { BlobPlace, Descriptor, Document, OciImage } from '../../oci/types.ts';
import type { Json } from '../../oci/types.ts';
import type { Platform } from '../../model/platform.ts';
import type { Places } from '../places.ts';
import type { SourceFound } from '../source/types.ts';
import {
  IMAGES,
  INPUTS,
  PACK,
  REPOSITORY,
  SOURCE,
  blobTitle,
  imagesSchema,
  repositorySchema,
  sourceSchema,
} from './format.ts';
import { type BundleReader, missing } from './reader.ts';
import { unpackCommit } from './source-pack.ts';

/** Everything that an audit looks at, from a replay bundle alone. */
export class Replayed implements Places {
  readonly #reader: BundleReader;
  readonly #reference: string;
  /** A folder of this replay alone. */
  readonly #scratch: string;

  constructor(reader: BundleReader, reference: string, scratch: string) {
    this.#reader = reader;
    this.#reference = reference;
    this.#scratch = scratch;
  }

  repository = async (): Promise<Repository> => {
    const { top, others, tagged, referrers } = await this.#reader.json(REPOSITORY, repositorySchema);
    const parsed = (one: unknown): Descriptor =>
      parseDescriptor(one as Json, `${this.#reader.folder}: ${REPOSITORY}`);
    const known = <T>(answers: Record<string, T>, name: string): T => {
      if (Object.hasOwn(answers, name)) return answers[name] as T;
      throw missing(this.#reader.folder, `what the registry answered for ${name}`);
    };
    return {
      reference: this.#reference,
      top: await this.#document(parsed(top)),
      others: others.map(parsed),
      readManifest: (descriptor) => this.#document(descriptor),
      tagged: async (tag) => {
        const found = known(tagged, tag);
        return found === null ? null : this.#document(parsed(found));
      },
      referrers: (digest) =>
        Promise.resolve(
          known(referrers, digest).map(({ by, descriptor }) => ({ by, descriptor: parsed(descriptor) })),
        ),
      readBlob: async (descriptor) => readDocument(descriptor, await this.#place(descriptor)),
      close: () => Promise.resolve(),
    };
  };

  source = async (_wanted: unknown, scratch: string): Promise<SourceFound> => {
    const told = await this.#reader.json(SOURCE, sourceSchema);
    if (told.kind !== 'checkout') return told;
    const { commit, from, isClone, changes, refs } = told;
    const out = await unpackCommit(await this.#reader.file(PACK), commit, scratch);
    const isOn = (ref: string): Promise<boolean | null> => {
      if (Object.hasOwn(refs, ref)) return Promise.resolve(refs[ref] ?? null);
      throw missing(this.#reader.folder, `whether the commit is on ${ref}`);
    };
    return { kind: 'checkout', checkout: { ...out, from, isClone, changes, isOn } };
  };

  images = {
    open: async (reference: string, platform: Platform): Promise<OciImage> => {
      const images = await this.#reader.json(IMAGES, imagesSchema);
      const descriptor = Object.hasOwn(images, reference) ? images[reference] : undefined;
      if (descriptor === undefined) throw missing(this.#reader.folder, reference);
      return this.#image(parseDescriptor(descriptor as Json, IMAGES), platform);
    },
  };

  published: Places['published'] = ({ image: { manifest } }) =>
    this.#image(
      { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length },
      undefined,
    );

  carried = async (): Promise<string> => {
    const folder = join(this.#scratch, 'inputs');
    await mkdir(folder, { recursive: true });
    for (const path of this.#reader.paths.filter((one) => one.startsWith(INPUTS))) {
      const target = join(folder, path.slice(INPUTS.length));
      await mkdir(dirname(target), { recursive: true });
      await copyFile(await this.#reader.file(path), target);
    }
    return folder;
  };

  onLocked: Places['onLocked'] = () => Promise.resolve();

  async #image(descriptor: Descriptor, platform: Platform | undefined): Promise<OciImage> {
    const index = join(this.#scratch, `${descriptor.digest.replace(':', '-')}.json`);
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }));
    await writeFile(index, bytes);
    const { folder } = this.#reader;
    const store: FileStore = {
      path: folder,
      find: async (name) => {
        if (name === 'index.json') return { path: index, offset: 0, size: bytes.length };
        const [, algorithm = '', hex = ''] = name.split('/');
        const title = blobTitle(`${algorithm}:${hex}`);
        if (!this.#reader.has(title)) throw missing(folder, `the blob ${algorithm}:${hex}`);
        return this.#reader.place(title);
      },
    };
    return openLayout(store, { reference: this.#reference, platform, tag: null });
  }

  async #document(descriptor: Descriptor): Promise<Document> {
    const bytes = await readDocument(descriptor, await this.#place(descriptor));
    return { ...documentOf(bytes, descriptor.mediaType, descriptor.digest), digest: descriptor.digest };
  }

  async #place(descriptor: Descriptor): Promise<BlobPlace> {
    const title = blobTitle(descriptor.digest);
    if (!this.#reader.has(title)) throw missingBlob(descriptor, this.#reader.folder);
    return this.#reader.place(title);
  }
}
