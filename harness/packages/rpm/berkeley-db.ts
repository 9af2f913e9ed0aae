import { databaseInvalid } from '../fault.ts';

/** Types of pages and items (Berkeley DB, dbinc/db_page.h). */
const PAGE = { hashUnsorted: 2, overflow: 7, hashMeta: 8, hash: 13 } as const;
const ITEM = { data: 1, offPage: 3 } as const;
const HASH_MAGIC = 0x061561;
const HEADER = 26;
const MAX_PACKAGES = 100_000;
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/**
 * The values of a Berkeley DB hash, which is what `Packages` of rpm before 4.16 is, read in memory. The key 0 is a counter
 * of rpm's and left out.
 * @throws TwinproofError `image-invalid` for anything that is not whole
 */
export function* berkeleyValues(bytes: Uint8Array, path: string): Generator<Uint8Array, void> {
  const pages = new Pages(bytes, path);
  let count = 0;
  let total = 0;
  for (let number = 1; number < pages.count; number += 1) {
    for (const value of pages.valuesOf(number)) {
      count += 1;
      total += value.length;
      if (count > MAX_PACKAGES || total > bytes.length)
        throw pages.fault('it claims more packages than it can hold');
      yield value;
    }
  }
}

class Pages {
  readonly count: number;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #path: string;
  readonly #little: boolean;
  readonly #size: number;

  constructor(bytes: Uint8Array, path: string) {
    this.#bytes = bytes;
    this.#path = path;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 512) throw this.fault('it is too short');
    const magics = [true, false].map((little) => this.#view.getUint32(12, little));
    if (!magics.includes(HASH_MAGIC)) throw this.fault('it is no Berkeley DB hash');
    this.#little = magics[0] === HASH_MAGIC;
    this.#size = this.#u32(20);
    const [encrypted, type, flags] = [bytes[24], bytes[25], bytes[26]];
    const isPower = this.#size >= 512 && this.#size <= 65536 && (this.#size & (this.#size - 1)) === 0;
    if (!isPower || type !== PAGE.hashMeta) throw this.fault('its first page is broken');
    // Checksums and encryption make the headers of pages longer; rpm uses neither.
    if (encrypted !== 0 || ((flags ?? 0) & 1) !== 0) throw this.fault('its pages are not as rpm makes them');
    this.count = this.#u32(32) + 1;
    if (this.count * this.#size > bytes.length) throw this.fault('it is cut off');
  }

  fault(message: string): Error {
    return databaseInvalid(this.#path, message);
  }

  /** Values of the pairs on a page; none where it holds no pairs. */
  *valuesOf(page: number): Generator<Uint8Array, void> {
    const start = page * this.#size;
    const type = this.#bytes[start + 25];
    if (type !== PAGE.hash && type !== PAGE.hashUnsorted) return;
    const entries = this.#u16(start + 20);
    if (entries % 2 !== 0 || HEADER + 2 * entries > this.#size) throw this.fault(`page ${page} is broken`);
    for (let pair = 0; pair < entries; pair += 2) {
      const key = this.#item(page, pair);
      if (key.length === 4 && key.every((byte) => byte === 0)) continue;
      yield this.#item(page, pair + 1);
    }
  }

  /** Items lie from the end of the page to its beginning, each up to where the one before it begins. */
  #item(page: number, index: number): Uint8Array {
    const start = page * this.#size;
    const at = this.#u16(start + HEADER + 2 * index);
    const end = index === 0 ? this.#size : this.#u16(start + HEADER + 2 * (index - 1));
    if (at < HEADER || at >= end || end > this.#size) throw this.fault(`page ${page} is broken`);
    const type = this.#bytes[start + at];
    if (type === ITEM.data) return this.#bytes.subarray(start + at + 1, start + end);
    if (type !== ITEM.offPage || end - at < 12)
      throw this.fault(`page ${page} holds what rpm does not write`);
    return this.#overflow(this.#u32(start + at + 4), this.#u32(start + at + 8));
  }

  #overflow(first: number, length: number): Uint8Array {
    if (length > MAX_VALUE_BYTES || length > this.#bytes.length)
      throw this.fault('a header is larger than the file');
    const value = new Uint8Array(length);
    let done = 0;
    for (let page = first; done < length;) {
      const start = page * this.#size;
      // Each page adds something, so that a circle ends.
      if (page === 0 || page >= this.count || this.#bytes[start + 25] !== PAGE.overflow)
        throw this.fault('a header is not whole');
      const used = this.#u16(start + 22);
      if (used === 0 || used > this.#size - HEADER || done + used > length)
        throw this.fault('a header is not whole');
      value.set(this.#bytes.subarray(start + HEADER, start + HEADER + used), done);
      done += used;
      page = this.#u32(start + 16);
    }
    return value;
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }
}
