import type { EntryType } from '../tar/types.ts';
import { pathRange, rowContent, rowType, unpackRow, type PackedRecords } from './packed-records.ts';
import type { EntryRecord } from './records.ts';

interface Pack {
  rows: Buffer;
  ends: Uint32Array;
  /** Number of its first record. */
  first: number;
  layer: number;
}

/** The last of ascending numbers that is not above `value`. */
function lastUpTo(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** All entries of an image, packed, in the order of its layers and of each archive; numbered from 0. */
export class RecordList {
  readonly #packs: Pack[] = [];
  readonly #firsts: number[] = [];
  /** Number of the first record of each layer. */
  readonly #layers: number[] = [];
  #length = 0;
  #last: Pack | null = null;

  get length(): number {
    return this.#length;
  }

  startLayer(): void {
    this.#layers.push(this.#length);
  }

  /** Adds to the layer that was started last. */
  add({ rows, ends }: PackedRecords): void {
    if (ends.length === 0) return;
    this.#packs.push({
      rows: Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength),
      ends,
      first: this.#length,
      layer: this.#layers.length - 1,
    });
    this.#firsts.push(this.#length);
    this.#length += ends.length;
  }

  /** Numbers of a layer's records: from the first up to, but not including, the second. */
  layer(number: number): [from: number, to: number] {
    return [this.#layers[number] ?? this.#length, this.#layers[number + 1] ?? this.#length];
  }

  layerOf(record: number): number {
    return this.#packOf(record).layer;
  }

  positionOf(record: number): number {
    return record - (this.#layers[this.layerOf(record)] ?? 0);
  }

  /** An object of its own each time. */
  get(record: number): EntryRecord {
    const pack = this.#packOf(record);
    return unpackRow(pack.rows, start(pack, record), pack.layer, this.positionOf(record));
  }

  type(record: number): EntryType {
    const pack = this.#packOf(record);
    return rowType(pack.rows, start(pack, record));
  }

  path(record: number): string {
    const pack = this.#packOf(record);
    return pack.rows.toString('latin1', ...pathRange(pack.rows, start(pack, record)));
  }

  /** Whether this and a record of another image have the same path. */
  samePath(record: number, list: RecordList, other: number): boolean {
    const [one, two] = [this.#packOf(record), list.#packOf(other)];
    const [from, to] = pathRange(one.rows, start(one, record));
    return one.rows.compare(two.rows, ...pathRange(two.rows, start(two, other)), from, to) === 0;
  }

  /** Whether this and a record of another image have the same content. */
  sameContent(record: number, list: RecordList, other: number): boolean {
    const [one, two] = [this.#packOf(record), list.#packOf(other)];
    return rowContent(one.rows, start(one, record)).equals(rowContent(two.rows, start(two, other)));
  }

  /** Whether this and a record of another image are the same in all but their places. */
  same(record: number, list: RecordList, other: number): boolean {
    const [one, two] = [this.#packOf(record), list.#packOf(other)];
    const [from, to] = [start(one, record), end(one, record)];
    const [otherFrom, otherTo] = [start(two, other), end(two, other)];
    if (to - from !== otherTo - otherFrom) return false;
    return one.rows.compare(two.rows, otherFrom, otherTo, from, to) === 0;
  }

  #packOf(record: number): Pack {
    const last = this.#last;
    if (last !== null && record >= last.first && record < last.first + last.ends.length) return last;
    const found = this.#packs[lastUpTo(this.#firsts, record)];
    if (found === undefined) throw new Error(`there is no record ${record}`);
    this.#last = found;
    return found;
  }
}

function start({ ends, first }: Pack, record: number): number {
  return record === first ? 0 : (ends[record - first - 1] ?? 0);
}

function end({ ends, first }: Pack, record: number): number {
  return ends[record - first] ?? 0;
}
