import { DEFAULT_LIMITS } from '../oci/limits.ts';
import { MAX_RECENT } from '../oci/layers/recent-files.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import { endPace, sharedPace } from '../oci/layers/pace.ts';
import { readTree, type MergedTree } from '../oci/layers/tree.ts';
import type { OciImage } from '../oci/types.ts';
import { WorkerReader } from '../oci/layers/worker-reader.ts';
import { both } from './both.ts';
import { SharedLayers } from './shared-layers.ts';

export interface Pair {
  a: MergedTree;
  b: MergedTree;
  /** Content of small files that differ, as far as it was at hand while reading. */
  recent: Map<EntryRecord, Buffer>;
}

/** Below this much to read, starting threads takes longer than they save. */
const WORTH_THREADS = 8 * 1024 * 1024;
/** Of all files that are fetched; more are read again later. */
const MAX_FETCHED_BYTES = 32 * 1024 * 1024;

/**
 * Looks at both images while they are read: a file that differs is fetched from both at once, as long as their
 * threads still have it.
 */
class RecentWatch {
  readonly #readers: Record<'a' | 'b', WorkerReader>;
  /** Files of each image that the other has not come to yet, by layer and path. */
  readonly #waiting: Record<'a' | 'b', Map<string, EntryRecord>[]> = { a: [], b: [] };
  readonly #fetched: Promise<[EntryRecord, Buffer | null]>[] = [];
  #left = MAX_FETCHED_BYTES;

  constructor(readers: Record<'a' | 'b', WorkerReader>) {
    this.#readers = readers;
  }

  see(side: 'a' | 'b', record: EntryRecord): void {
    if (record.type !== 'file') return;
    const across = side === 'a' ? 'b' : 'a';
    const other = this.#waiting[across][record.layer]?.get(record.path);
    if (other === undefined) {
      (this.#waiting[side][record.layer] ??= new Map<string, EntryRecord>()).set(record.path, record);
      return;
    }
    this.#waiting[across][record.layer]?.delete(record.path);
    if (other.content === record.content) return;
    const bytes = other.size + record.size;
    if (Math.max(other.size, record.size) > MAX_RECENT || bytes > this.#left) return;
    this.#left -= bytes;
    this.#fetched.push(this.#fetch(across, other), this.#fetch(side, record));
  }

  async #fetch(side: 'a' | 'b', record: EntryRecord): Promise<[EntryRecord, Buffer | null]> {
    return [record, await this.#readers[side].fetch(record.layer, record.position)];
  }

  async contents(): Promise<Map<EntryRecord, Buffer>> {
    const found = await Promise.all(this.#fetched);
    return new Map(found.flatMap(([record, content]) => (content === null ? [] : [[record, content]])));
  }
}

async function readThreaded(images: Record<'a' | 'b', OciImage>): Promise<Pair> {
  const memory = sharedPace();
  await using readerA = new WorkerReader({ memory, side: 0 });
  await using readerB = new WorkerReader({ memory, side: 1 });
  const readers = { a: readerA, b: readerB };
  const watch = new RecentWatch(readers);
  const shared = await SharedLayers.begin(images, readers);
  const read = async (side: 'a' | 'b'): Promise<MergedTree> => {
    try {
      return await readTree(images[side], {
        limits: DEFAULT_LIMITS,
        keepRecords: true,
        record: (job, limits, options) =>
          shared.has(options.layer)
            ? shared.record(side, job, options)
            : readers[side].record(job, limits, options),
        onRecord: (record) => watch.see(side, record),
      });
    } finally {
      // The other one must not wait for this one any more, however it ended.
      endPace(memory, side === 'a' ? 0 : 1);
    }
  };
  const [treeA, treeB] = await both(read('a'), read('b'));
  return { a: treeA, b: treeB, recent: await watch.contents() };
}

/**
 * Reads all layers of two images, each in a thread of its own when there is much to read; then what they have in
 * common is read once.
 * @param threads decides it otherwise
 * @throws TwinproofError image-invalid, unsupported
 */
export async function readPair(a: OciImage, b: OciImage, threads?: boolean): Promise<Pair> {
  const bytes = [...a.layers, ...b.layers].reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  if (threads ?? bytes >= WORTH_THREADS) return readThreaded({ a, b });
  const options = { limits: DEFAULT_LIMITS, keepRecords: true };
  const [treeA, treeB] = await both(readTree(a, options), readTree(b, options));
  return { a: treeA, b: treeB, recent: new Map() };
}
