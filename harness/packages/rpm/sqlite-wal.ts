import { databaseInvalid } from '../fault.ts';

/**
 * SQLite's database file with its write-ahead log applied, and marked as one that needs no log
 * (https://www.sqlite.org/fileformat2.html, sections 1.3.3 and 4). Images are often committed while a log holds the
 * latest packages; reading the file alone would miss them.
 * @param wal null or empty where there is none
 * @returns a copy; the log's pages are in it as far as they are committed and their checksums hold
 * @throws TwinproofError `image-invalid`
 */
export function withoutWal(database: Uint8Array, wal: Uint8Array | null, path: string): Uint8Array {
  if (database.length < 100) throw databaseInvalid(path, 'the SQLite file is cut off');
  const pages = wal === null ? null : committedPages(wal);
  const result = pages === null ? database.slice() : applyPages(database, pages, path);
  result[18] = 1;
  result[19] = 1;
  return result;
}

interface Committed {
  pageSize: number;
  /** Pages of the database after the last commit. */
  size: number;
  pages: Map<number, Uint8Array>;
}

const HEADER_BYTES = 32;
const FRAME_BYTES = 24;
const VERSION = 3_007_000;

/** As SQLite recovers a log: frames count up to the last commit before the first one that is not sound. */
function committedPages(wal: Uint8Array): Committed | null {
  if (wal.length < HEADER_BYTES) return null;
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  const magic = view.getUint32(0);
  const pageSize = view.getUint32(8);
  if ((magic | 1) >>> 0 !== 0x377f0683 || view.getUint32(4) !== VERSION || !isPageSize(pageSize)) return null;
  const sum = new WalChecksum(view, magic === 0x377f0682);
  sum.add(0, 24);
  if (!sum.equalsAt(24)) return null;
  const committed: Committed = { pageSize, size: 0, pages: new Map() };
  let pending: [number, Uint8Array][] = [];
  for (let at = HEADER_BYTES; at + FRAME_BYTES + pageSize <= wal.length; at += FRAME_BYTES + pageSize) {
    const sameSalt =
      view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20);
    sum.add(at, at + 8);
    sum.add(at + FRAME_BYTES, at + FRAME_BYTES + pageSize);
    if (!sameSalt || !sum.equalsAt(at + 16)) break;
    pending.push([view.getUint32(at), wal.subarray(at + FRAME_BYTES, at + FRAME_BYTES + pageSize)]);
    const size = view.getUint32(at + 4);
    if (size === 0) continue;
    for (const [number, page] of pending) committed.pages.set(number, page);
    committed.size = size;
    pending = [];
  }
  return committed.size === 0 ? null : committed;
}

function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65536 && (size & (size - 1)) === 0;
}

/** Fletcher-like sum over 32-bit words, in the byte order that the log's magic names. */
class WalChecksum {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #s0 = 0;
  #s1 = 0;

  constructor(view: DataView, littleEndian: boolean) {
    this.#view = view;
    this.#littleEndian = littleEndian;
  }

  add(start: number, end: number): void {
    for (let at = start; at < end; at += 8) {
      this.#s0 = (this.#s0 + this.#view.getUint32(at, this.#littleEndian) + this.#s1) >>> 0;
      this.#s1 = (this.#s1 + this.#view.getUint32(at + 4, this.#littleEndian) + this.#s0) >>> 0;
    }
  }

  equalsAt(at: number): boolean {
    return this.#view.getUint32(at) === this.#s0 && this.#view.getUint32(at + 4) === this.#s1;
  }
}

function applyPages(database: Uint8Array, { pageSize, size, pages }: Committed, path: string): Uint8Array {
  const written = new DataView(database.buffer, database.byteOffset, database.byteLength).getUint16(16);
  if ((written === 1 ? 65536 : written) !== pageSize) {
    throw databaseInvalid(path, 'the SQLite file and its write-ahead log have different page sizes');
  }
  // A page that is in neither cannot be; this also bounds the memory by what was read.
  if (size > Math.ceil(database.length / pageSize) + pages.size) {
    throw databaseInvalid(path, 'the write-ahead log tells of pages that are not there');
  }
  const result = new Uint8Array(size * pageSize);
  result.set(database.subarray(0, result.length));
  for (const [number, page] of pages) {
    if (number >= 1 && number <= size) result.set(page, (number - 1) * pageSize);
  }
  return result;
}
