import type { ContentKeeper, EntryRecord } from './records.ts';

/** Larger files are not kept; bytes. */
export const MAX_RECENT = 512 * 1024;

interface Kept {
  layer: number;
  position: number;
  start: number;
  end: number;
}

/** Places that are gone from the front of the list are only let go of in lots. */
const LOT = 4096;

/**
 * The content of small files that went by last, oldest dropped first: what differs between twins can then be shown
 * without reading the layer a second time. Only a cache: what is not here any more is read again.
 */
export class RecentFiles implements ContentKeeper {
  /** Filled round and round; one piece of memory, because a copy for each file would leave it in shreds. */
  readonly #ring: Buffer;
  #at = 0;
  /** In the order of the layer, from `#first` on. */
  #kept: Kept[] = [];
  #first = 0;

  /** @param limit bytes, at least MAX_RECENT */
  constructor(limit: number) {
    this.#ring = Buffer.allocUnsafeSlow(limit);
  }

  room({ size }: EntryRecord): Buffer | null {
    if (size > MAX_RECENT || size > this.#ring.length) return null;
    if (this.#at + size > this.#ring.length) {
      this.#forget(this.#ring.length);
      this.#at = 0;
    }
    this.#forget(this.#at + size);
    return this.#ring.subarray(this.#at, this.#at + size);
  }

  keep({ layer, position }: EntryRecord, content: Buffer): void {
    const start = this.#at;
    const end = start + content.length;
    this.#kept.push({ layer, position, start, end });
    this.#at = end;
  }

  /** A copy. */
  get(layer: number, position: number): Buffer | null {
    let low = this.#first;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = this.#kept[middle];
      if (one === undefined || one.layer > layer || (one.layer === layer && one.position >= position))
        high = middle;
      else low = middle + 1;
    }
    const found = this.#kept[low];
    if (found?.layer !== layer || found.position !== position) return null;
    return Buffer.from(this.#ring.subarray(found.start, found.end));
  }

  /** Forgets what lies between here and `until`: that is always what was kept first. */
  #forget(until: number): void {
    for (;;) {
      const oldest = this.#kept[this.#first];
      if (oldest === undefined || oldest.end <= this.#at || oldest.start >= until) break;
      this.#first++;
    }
    if (this.#first < LOT) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}
