import { FormatFault, OverLimit } from '../format.ts';

/** https://www.sqlite.org/fileformat2.html; sections named below. */

const MAX_ROWS = 200_000;
const HEADER = 100;
/** Section 1.6: kinds of b-tree pages. */
const INTERIOR_INDEX = 2;
const INTERIOR_TABLE = 5;
const LEAF_INDEX = 10;
const LEAF_TABLE = 13;

export interface Row {
  /** Null in tables without rowid. */
  rowid: bigint | null;
  /** The record (section 2.1), not decoded. */
  record: Buffer;
}

/** Reads rows without SQLite: each page is visited at most once, so that no forged tree can keep it busy. */
export class SqliteFile {
  readonly bytes: Buffer;
  readonly pageSize: number;
  readonly #usable: number;
  readonly #visited = new Set<number>();
  #rows = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const size = bytes.readUInt16BE(16);
    this.pageSize = size === 1 ? 65536 : size;
    this.#usable = this.pageSize - bytes.readUInt8(20);
    if (this.pageSize < 512 || (this.pageSize & (this.pageSize - 1)) !== 0 || this.#usable < 480) {
      throw new FormatFault('an impossible page size');
    }
  }

  /** All rows of the b-tree whose root is this page, in its order. */
  rows(root: number): Row[] {
    const rows: Row[] = [];
    // Pages still to be read, and rows of interior pages between them; last first.
    const todo: (number | Row)[] = [root];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      if (typeof next === 'number') todo.push(...this.#read(next, rows).reverse());
      else rows.push(next);
    }
    return rows;
  }

  #page(number: number): { bytes: Buffer; start: number } {
    if (number < 1 || number * this.pageSize > this.bytes.length)
      throw new FormatFault('a page that is not there');
    if (this.#visited.has(number)) throw new FormatFault('a page is used twice');
    this.#visited.add(number);
    const bytes = this.bytes.subarray((number - 1) * this.pageSize, number * this.pageSize);
    return { bytes, start: number === 1 ? HEADER : 0 };
  }

  /** Rows of a leaf go to `rows`; returned is what lies below an interior page. */
  #read(number: number, rows: Row[]): (number | Row)[] {
    const { bytes, start } = this.#page(number);
    const kind = bytes.readUInt8(start);
    const cells = bytes.readUInt16BE(start + 3);
    const interior = kind === INTERIOR_TABLE || kind === INTERIOR_INDEX;
    const pointers = start + (interior ? 12 : 8);
    const below: (number | Row)[] = [];
    for (let cell = 0; cell < cells; cell++) {
      const at = bytes.readUInt16BE(pointers + cell * 2);
      if (interior) below.push(bytes.readUInt32BE(at));
      if (kind === LEAF_TABLE) rows.push(this.#tableRow(bytes, at));
      else if (kind === LEAF_INDEX) rows.push(this.#indexRow(bytes, at));
      else if (kind === INTERIOR_INDEX) below.push(this.#indexRow(bytes, at + 4));
      else if (kind !== INTERIOR_TABLE) throw new FormatFault('no page of a tree');
    }
    if (interior) below.push(bytes.readUInt32BE(start + 8));
    return below;
  }

  #tableRow(page: Buffer, at: number): Row {
    const size = varint(page, at);
    const rowid = varint(page, size.end);
    return {
      rowid: rowid.value,
      record: this.#payload(page, rowid.end, Number(size.value), this.#usable - 35),
    };
  }

  #indexRow(page: Buffer, at: number): Row {
    const size = varint(page, at);
    const most = Math.floor(((this.#usable - 12) * 64) / 255) - 23;
    return { rowid: null, record: this.#payload(page, size.end, Number(size.value), most) };
  }

  /** Section 1.6, "payload": what does not fit on the page goes on in overflow pages. */
  #payload(page: Buffer, at: number, size: number, most: number): Buffer {
    if (++this.#rows > MAX_ROWS) throw new OverLimit('count');
    if (size < 0 || size > this.bytes.length) throw new FormatFault('a row larger than the file');
    if (size <= most) return page.subarray(at, at + size);
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const fitting = least + ((size - least) % (this.#usable - 4));
    const local = fitting <= most ? fitting : least;
    const parts = [page.subarray(at, at + local)];
    let left = size - local;
    for (let next = page.readUInt32BE(at + local); left > 0;) {
      const { bytes } = this.#page(next);
      const part = bytes.subarray(4, Math.min(this.#usable, 4 + left));
      parts.push(part);
      left -= part.length;
      next = bytes.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }
}

/** Section 1.6: up to nine bytes, seven bits each, the ninth whole. */
export function varint(bytes: Buffer, at: number): { value: bigint; end: number } {
  let value = 0n;
  for (let place = 0; place < 8; place++) {
    const byte = bytes.readUInt8(at + place);
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return { value, end: at + place + 1 };
  }
  return { value: BigInt.asIntN(64, (value << 8n) | BigInt(bytes.readUInt8(at + 8))), end: at + 9 };
}

export type SqlValue = null | bigint | number | string | Buffer;

type TextEncoding = 'utf8' | 'utf16le' | 'utf16be';

const INTEGER_SIZES = [0, 1, 2, 3, 4, 6, 8];

/** Section 2.1: sizes of the values first, then the values. */
export function recordValues(record: Buffer, encoding: TextEncoding): SqlValue[] {
  const head = varint(record, 0);
  let data = Number(head.value);
  const values: SqlValue[] = [];
  for (let at = head.end; at < Number(head.value);) {
    const type = varint(record, at);
    at = type.end;
    const kind = Number(type.value);
    const size = kind >= 12 ? Math.floor((kind - 12) / 2) : kind === 7 ? 8 : (INTEGER_SIZES[kind] ?? 0);
    if (data + size > record.length) throw new FormatFault('a value beyond its record');
    values.push(valueOf(record.subarray(data, data + size), kind, encoding));
    data += size;
  }
  return values;
}

function valueOf(bytes: Buffer, kind: number, encoding: TextEncoding): SqlValue {
  if (kind === 0) return null;
  if (kind < 7) return bytes.length === 8 ? bytes.readBigInt64BE() : BigInt(bytes.readIntBE(0, bytes.length));
  if (kind === 7) return bytes.readDoubleBE();
  if (kind < 10) return BigInt(kind - 8);
  if (kind < 12) throw new FormatFault('a value of no known kind');
  if (kind % 2 === 0) return bytes;
  if (encoding !== 'utf16be') return bytes.toString(encoding);
  return Buffer.from(bytes).swap16().toString('utf16le');
}
