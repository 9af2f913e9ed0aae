import { MAX_RECENT } from '../oci/layers/recent-files.ts';
import type { RecordList } from '../oci/layers/record-list.ts';
import { recordKey, type EntryRecord } from '../oci/layers/records.ts';
import type { WorkerReader } from '../oci/layers/worker-reader.ts';

type SideName = 'a' | 'b';

/** Contents of one image by recordKey. */
export type Contents = Map<number, Buffer>;

/** Of all files that are fetched; more are read again later. */
const MAX_FETCHED_BYTES = 32 * 1024 * 1024;
/** So many files or twice as many wait for the other image; what it comes to later is gone from the threads anyway. */
const GENERATION = 16 * 1024;

/** Files by path, of which the oldest are forgotten. */
class Waiting {
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  add(path: string, record: number): void {
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(path, record);
  }

  take(path: string): number | undefined {
    const record = this.#young.get(path) ?? this.#old.get(path);
    this.#young.delete(path);
    this.#old.delete(path);
    return record;
  }
}

/**
 * Looks at both images while they are read: a file that differs is fetched from both at once, as long as their
 * threads still have it.
 */
export class RecentWatch {
  readonly #readers: Record<SideName, WorkerReader>;
  readonly #lists: Partial<Record<SideName, RecordList>> = {};
  /** Files of each image that the other has not come to yet, by layer. */
  readonly #waiting: Record<SideName, Waiting[]> = { a: [], b: [] };
  readonly #fetched: Promise<{ side: SideName; key: number; content: Buffer | null }>[] = [];
  #left = MAX_FETCHED_BYTES;

  constructor(readers: Record<SideName, WorkerReader>) {
    this.#readers = readers;
  }

  see(side: SideName, list: RecordList, number: number, path: string): void {
    if (list.type(number) !== 'file') return;
    this.#lists[side] = list;
    const across = side === 'a' ? 'b' : 'a';
    const layer = list.layerOf(number);
    const others = this.#lists[across];
    const other = this.#waiting[across][layer]?.take(path);
    if (others === undefined || other === undefined)
      (this.#waiting[side][layer] ??= new Waiting()).add(path, number);
    else if (!list.sameContent(number, others, other))
      this.#fetchBoth(side, list.get(number), others.get(other));
  }

  /** What was fetched. */
  async contents(): Promise<Record<SideName, Contents>> {
    const found: Record<SideName, Contents> = { a: new Map(), b: new Map() };
    for (const { side, key, content } of await Promise.all(this.#fetched)) {
      if (content !== null) found[side].set(key, content);
    }
    return found;
  }

  #fetchBoth(side: SideName, record: EntryRecord, other: EntryRecord): void {
    const bytes = other.size + record.size;
    if (Math.max(other.size, record.size) > MAX_RECENT || bytes > this.#left) return;
    this.#left -= bytes;
    this.#fetched.push(this.#fetch(side === 'a' ? 'b' : 'a', other), this.#fetch(side, record));
  }

  async #fetch(side: SideName, record: EntryRecord) {
    const content = await this.#readers[side].fetch(record.layer, record.position);
    return { side, key: recordKey(record), content };
  }
}
