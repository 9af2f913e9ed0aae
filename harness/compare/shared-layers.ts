import { DEFAULT_LIMITS } from '../oci/limits.ts';
import { layerJob, type LayerJob } from '../oci/layers/layer.ts';
import type { PackOptions } from '../oci/layers/pack-layer.ts';
import type { PackedRecords } from '../oci/layers/packed-records.ts';
import { charge, type Budget, type Trailer } from '../oci/layers/records.ts';
import type { WorkerReader } from '../oci/layers/worker-reader.ts';
import type { BlobPlace, OciImage, OciLayer } from '../oci/types.ts';

type SideName = 'a' | 'b';

/** Whether two layers are said to be the same bytes, compressed and not: what was found out about one holds for both. */
export function areSame(a: OciLayer, b: OciLayer | undefined): boolean {
  const [one, other] = [a.descriptor, b?.descriptor];
  const sameBlob = one.digest === other?.digest && one.size === other.size;
  return sameBlob && one.mediaType === other.mediaType && a.diffId === b?.diffId;
}

function isSamePlace(a: BlobPlace, b: BlobPlace): boolean {
  return a.data === undefined && b.data === undefined && a.path === b.path && a.offset === b.offset;
}

interface Read {
  packs: PackedRecords[];
  trailer: Trailer;
}

interface SharedLayer {
  owner: SideName;
  job: LayerJob;
  read: Promise<Read>;
}

/** Layers that two images have in common, at the same place: each is inflated once, by the reader with less to do. */
export class SharedLayers {
  readonly #layers = new Map<number, SharedLayer>();
  readonly #readers: Record<SideName, WorkerReader>;

  private constructor(readers: Record<SideName, WorkerReader>) {
    this.#readers = readers;
  }

  /** Begins to read them. @throws TwinproofError as layerJob does */
  static async begin(
    images: Record<SideName, OciImage>,
    readers: Record<SideName, WorkerReader>,
  ): Promise<SharedLayers> {
    const shared = new SharedLayers(readers);
    const bytes = { a: 0, b: 0 };
    const { entries, metadataBytes } = DEFAULT_LIMITS;
    const budgets = { a: { entries, metadataBytes }, b: { entries, metadataBytes } };
    for (const [number, layer] of images.a.layers.entries()) {
      if (!areSame(layer, images.b.layers[number])) continue;
      const owner = bytes.a <= bytes.b ? 'a' : 'b';
      bytes[owner] += layer.descriptor.size;
      const job = await layerJob(images[owner], images[owner].layers[number] ?? layer);
      const read = shared.#read(owner, job, number, budgets[owner]);
      // Told to those who wait for it; nobody may be waiting yet.
      read.catch(() => undefined);
      shared.#layers.set(number, { owner, job, read });
    }
    return shared;
  }

  has(layer: number): boolean {
    return this.#layers.has(layer);
  }

  /**
   * Hands on what was read of a layer, as packLayer does; the bytes of the image that it was not read from are held
   * against the digest that both name.
   * @throws TwinproofError like packLayer
   */
  async read(side: SideName, job: LayerJob, { layer, budget, onPack }: PackOptions): Promise<Trailer> {
    const shared = this.#layers.get(layer);
    if (shared === undefined) throw new Error(`layer ${layer} is not shared`);
    if (shared.owner !== side && !isSamePlace(shared.job.place, job.place))
      await this.#readers[side].verify(job.descriptor, job.place);
    const { packs, trailer } = await shared.read;
    for (const pack of packs) {
      charge(budget, { entries: pack.ends.length, metadataBytes: pack.metadataBytes }, job.where);
      onPack(pack);
    }
    return trailer;
  }

  async #read(owner: SideName, job: LayerJob, layer: number, budget: Budget): Promise<Read> {
    const packs: PackedRecords[] = [];
    const onPack = (pack: PackedRecords): void => void packs.push(pack);
    const options = { layer, budget, keeper: null, onPack };
    const trailer = await this.#readers[owner].read(job, DEFAULT_LIMITS, options, false);
    return { packs, trailer };
  }
}
