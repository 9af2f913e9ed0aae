import { mkdir, readdir } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Lock } from '../../lock/types.ts';
import type { Repository } from '../../oci/repository/types.ts';
import type { Descriptor, Document, OciImage } from '../../oci/types.ts';
import { packInputs } from '../../rebuild/carried-inputs.ts';
import type { Places } from '../places.ts';
import type { Checkout, SourceFound } from '../source/types.ts';
import {
  type BundledDescriptor,
  type BundledRepository,
  type BundledSource,
  IMAGES,
  INPUTS,
  PACK,
  REPOSITORY,
  SOURCE,
  blobTitle,
} from './format.ts';
import { packCommit } from './source-pack.ts';
import type { BundleWriter } from './writer.ts';

/** Keeps everything that an audit is answered, so that it can be answered the same again. */
export class Recorder {
  readonly #writer: BundleWriter;
  /** A folder of this recorder alone. */
  readonly #scratch: string;
  readonly #images: Record<string, BundledDescriptor> = {};
  #repository: BundledRepository | null = null;
  #source: BundledSource = { kind: 'not-asked' };

  constructor(writer: BundleWriter, scratch: string) {
    this.#writer = writer;
    this.#scratch = scratch;
  }

  /** The same places, whose answers are kept. */
  over(places: Places): Places {
    return {
      repository: async () => this.#recorded(await places.repository()),
      source: async (wanted, scratch) => this.#recordedSource(await places.source(wanted, scratch)),
      images: {
        open: async (reference, platform) => {
          const image = await places.images.open(reference, platform);
          this.#images[reference] = await this.#image(image);
          return image;
        },
      },
      published: async (one) => {
        const image = await places.published(one);
        await this.#image(image);
        return image;
      },
      carried: () => places.carried(),
      onLocked: (lock, architecture, cached) => this.#inputs(lock, architecture, cached),
    };
  }

  /** Writes what was kept apart from blobs. */
  async finish(): Promise<void> {
    await this.#writer.json(REPOSITORY, this.#repository);
    await this.#writer.json(SOURCE, this.#source);
    await this.#writer.json(IMAGES, sorted(this.#images));
  }

  async #recorded(repository: Repository): Promise<Repository> {
    const { top, others } = repository;
    const known: BundledRepository = {
      top: describe(top),
      others: others.map(plain),
      tagged: {},
      referrers: {},
    };
    this.#repository = known;
    await this.#document(top);
    return {
      ...repository,
      readManifest: async (descriptor) => this.#document(await repository.readManifest(descriptor)),
      tagged: async (tag) => {
        const found = await repository.tagged(tag);
        known.tagged[tag] = found === null ? null : describe(await this.#document(found));
        return found;
      },
      referrers: async (digest) => {
        const listed = await repository.referrers(digest);
        known.referrers[digest] = listed.map(({ by, descriptor }) => ({ by, descriptor: plain(descriptor) }));
        return listed;
      },
      readBlob: async (descriptor) => {
        const bytes = await repository.readBlob(descriptor);
        await this.#bytes(descriptor.digest, bytes);
        return bytes;
      },
    };
  }

  async #document(document: Document): Promise<Document> {
    await this.#bytes(document.digest, document.bytes);
    return document;
  }

  async #bytes(digest: string, bytes: Uint8Array): Promise<void> {
    if (!this.#writer.has(blobTitle(digest))) await this.#writer.bytes(blobTitle(digest), bytes);
  }

  /** With its layers, whether or not the engine has them already. */
  async #image(image: OciImage): Promise<BundledDescriptor> {
    const { manifest, config, layers } = image;
    await this.#document(manifest);
    await this.#bytes(config.digest, config.bytes);
    for (const { descriptor } of layers) {
      const title = blobTitle(descriptor.digest);
      if (!this.#writer.has(title)) await this.#writer.stream(title, image.readBlob(descriptor));
    }
    return describe(manifest);
  }

  async #recordedSource(found: SourceFound): Promise<SourceFound> {
    if (found.kind !== 'checkout') {
      this.#source = found;
      return found;
    }
    const { checkout } = found;
    const { commit, isClone, changes } = checkout;
    const refs: Record<string, boolean | null> = {};
    // Where a checkout lay on this machine is nobody's business.
    const from = isClone ? checkout.from : 'a checkout that was given';
    this.#source = { kind: 'checkout', from, isClone, commit, changes, refs };
    await mkdir(join(this.#scratch, 'pack'), { recursive: true });
    await this.#writer.stream(
      PACK,
      createReadStream(await packCommit(checkout, join(this.#scratch, 'pack'))),
    );
    const recorded: Checkout = {
      ...checkout,
      isOn: async (ref) => (refs[ref] = await checkout.isOn(ref)),
    };
    return { kind: 'checkout', checkout: recorded };
  }

  async #inputs(lock: Lock, architecture: string, cached: ReadonlyMap<string, string>): Promise<void> {
    const folder = join(this.#scratch, 'inputs');
    await mkdir(folder, { recursive: true });
    await packInputs(lock, architecture, { cached, folder });
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const title = `${INPUTS}${relative(folder, file).split(sep).join('/')}`;
      if (!this.#writer.has(title)) await this.#writer.stream(title, createReadStream(file));
    }
  }
}

const describe = ({ mediaType, digest, bytes }: Document): BundledDescriptor => ({
  mediaType,
  digest,
  size: bytes.length,
});

/** Without bytes that it may hold itself: those are blobs of the bundle. */
function plain(descriptor: Descriptor): BundledDescriptor {
  const { mediaType, digest, size, platform, annotations, artifactType, urls } = descriptor;
  return {
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(urls === undefined ? {} : { urls }),
  };
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
