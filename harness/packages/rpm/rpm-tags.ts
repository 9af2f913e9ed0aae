/** Types of values in rpm headers (rpmtag.h, rpmTagType_e). */
export const INT32 = 4;
export const STRING = 6;
const SIZES: Partial<Record<number, number>> = { 1: 1, 2: 1, 3: 2, [INT32]: 4, 5: 8 };
const TEXTS = [STRING, 8, 9];

/** What rpm itself allows a header to have (header.c, hdrblobInit). */
const MAX_ENTRIES = 0xffff;
const MAX_DATA = 0x0fffffff;
const ENTRY_BYTES = 16;

export interface RpmTag {
  type: number;
  /** Into the data. */
  offset: number;
  count: number;
}

/** Values of a header by tag. */
export class RpmTags {
  readonly all: ReadonlyMap<number, RpmTag>;
  readonly #data: Buffer;

  constructor(all: ReadonlyMap<number, RpmTag>, data: Uint8Array) {
    this.all = all;
    this.#data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  get(tag: number): RpmTag | undefined {
    return this.all.get(tag);
  }

  /** Up to the NUL; null when it is empty or cut off. */
  text({ offset }: RpmTag): string | null {
    if (offset >= this.#data.length) return null;
    const end = this.#data.indexOf(0, offset);
    return end === -1 || end === offset ? null : this.#data.toString('utf8', offset, end);
  }

  /** As binary strings; fewer than `count` when they are cut off. */
  texts({ type, offset, count }: RpmTag): string[] {
    const found: string[] = [];
    if (!TEXTS.includes(type)) return found;
    for (let at = offset; found.length < count && at < this.#data.length;) {
      const end = this.#data.indexOf(0, at);
      if (end < 0) break;
      found.push(this.#data.toString('latin1', at, end));
      at = end + 1;
    }
    return found;
  }

  /** Fewer than `count` when they are cut off, none when they are no numbers. */
  numbers({ type, offset, count }: RpmTag): number[] {
    const size = SIZES[type];
    if (size === undefined || offset >= this.#data.length) return [];
    const fit = Math.min(count, Math.floor((this.#data.length - offset) / size));
    return Array.from({ length: fit }, (_, number) => {
      const at = offset + number * size;
      return size === 8 ? Number(this.#data.readBigUInt64BE(at)) : this.#data.readUIntBE(at, size);
    });
  }

  /** The value as bytes, of whatever type. */
  bytes({ type, offset, count }: RpmTag): Buffer {
    const end = TEXTS.includes(type) ? this.#data.length : offset + count * (SIZES[type] ?? 1);
    return this.#data.subarray(offset, end);
  }
}

/**
 * Reads a header as the rpm database stores it: number of entries and bytes of data (big-endian, 4 bytes each),
 * entries of tag, type, offset and count, then the data; as in a package, but without the magic (rpm-format(5)).
 * @returns its tags, or a sentence that says what is wrong with it
 */
export function parseRpmTags(blob: Uint8Array): RpmTags | string {
  if (blob.length < 8) return 'a header is cut off';
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const entries = view.getUint32(0);
  const dataBytes = view.getUint32(4);
  if (entries === 0 || entries > MAX_ENTRIES || dataBytes > MAX_DATA) return 'a header has impossible sizes';
  const dataStart = 8 + entries * ENTRY_BYTES;
  if (dataStart + dataBytes !== blob.length) return 'a header is not as long as it says';
  const tags = new Map<number, RpmTag>();
  for (let at = 8; at < dataStart; at += ENTRY_BYTES) {
    const tag = view.getUint32(at);
    // A second value under the same tag would be seen by some readers and not by others.
    if (tags.has(tag)) return 'a header has a tag twice';
    tags.set(tag, {
      type: view.getUint32(at + 4),
      offset: view.getUint32(at + 8),
      count: view.getUint32(at + 12),
    });
  }
  return new RpmTags(tags, blob.subarray(dataStart));
}
