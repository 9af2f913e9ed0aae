import type { Dialect, EntryType, Time } from '../tar/types.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { metadataBytes, type EntryRecord } from './records.ts';

const TYPES: readonly EntryType[] = ['file', 'hardlink', 'symlink', 'chardev', 'blockdev', 'dir', 'fifo'];
const DIALECTS: readonly Dialect[] = ['v7', 'ustar', 'star', 'gnu', 'pax'];

/** Bytes of a sha256. */
const DIGEST = 32;

/** What not every record has. */
const FLAGS = { content: 1, atime: 2, ctime: 4, device: 8, xattrs: 16 };

/**
 * Records of one layer as bytes, a row for each: a tenth of what objects take, quick to hand to another thread, and two
 * that are the same are so byte for byte.
 *
 * A row: type and dialect, flags, digest of the content; lengths of path, name (0 when it is the path), link target
 * and names of the owners, then these; numbers; what only few records have.
 */
export interface PackedRecords {
  rows: Uint8Array<ArrayBuffer>;
  /** Where each row ends. */
  ends: Uint32Array<ArrayBuffer>;
  /** What they take from the budget. */
  metadataBytes: number;
}

function flagsOf({ content, atime, ctime, device, xattrs }: EntryRecord): number {
  return (
    (content === '' ? 0 : FLAGS.content) |
    (atime === null ? 0 : FLAGS.atime) |
    (ctime === null ? 0 : FLAGS.ctime) |
    (device === null ? 0 : FLAGS.device) |
    (xattrs === null ? 0 : FLAGS.xattrs)
  );
}

/** Gathers records of one layer, in their order. */
export class RecordPacker {
  readonly #writer = new ByteWriter();
  readonly #ends: Uint32Array;
  #count = 0;
  #metadataBytes = 0;

  /** @param room records in a pack */
  constructor(room: number) {
    this.#ends = new Uint32Array(room);
  }

  get full(): boolean {
    return this.#count === this.#ends.length;
  }

  add(record: EntryRecord): void {
    const writer = this.#writer;
    writer.number(TYPES.indexOf(record.type) * DIALECTS.length + DIALECTS.indexOf(record.dialect));
    writer.number(flagsOf(record));
    writer.text(record.content);
    this.#names(record);
    writer.number(record.mode);
    writer.number(record.uid);
    writer.number(record.gid);
    writer.number(record.size);
    writer.number(record.headerCrc);
    this.#time(record.mtime);
    this.#rare(record);
    this.#metadataBytes += metadataBytes(record);
    this.#ends[this.#count++] = writer.length;
  }

  /** The records gathered so far; their memory is the taker's. */
  take(): PackedRecords {
    const packed = {
      rows: this.#writer.take(),
      ends: this.#ends.slice(0, this.#count),
      metadataBytes: this.#metadataBytes,
    };
    this.#count = 0;
    this.#metadataBytes = 0;
    return packed;
  }

  #names({ path, name, linkname, uname, gname }: EntryRecord): void {
    const other = name === path ? '' : name;
    for (const { length } of [path, other, linkname, uname, gname]) this.#writer.number(length);
    this.#writer.text(path + other + linkname + uname + gname);
  }

  #time({ seconds, nanoseconds }: Time): void {
    this.#writer.number(seconds);
    this.#writer.number(nanoseconds);
  }

  #rare({ atime, ctime, device, xattrs }: EntryRecord): void {
    if (atime !== null) this.#time(atime);
    if (ctime !== null) this.#time(ctime);
    if (device !== null) {
      this.#writer.number(device.major);
      this.#writer.number(device.minor);
    }
    if (xattrs === null) return;
    this.#writer.number(xattrs.size);
    for (const [name, value] of xattrs) {
      for (const { length } of [name, value]) this.#writer.number(length);
      this.#writer.text(name + value.toString('latin1'));
    }
  }
}

export function rowType(rows: Buffer, at: number): EntryType {
  return TYPES[Math.floor((rows[at] ?? 0) / DIALECTS.length)] ?? 'file';
}

/** Digest of the content, as it lies there; empty when there is none. */
export function rowContent(rows: Buffer, at: number): Buffer {
  return rows.subarray(at + 2, at + 2 + contentLength(rows, at));
}

function contentLength(rows: Buffer, at: number): number {
  return ((rows[at + 1] ?? 0) & FLAGS.content) === 0 ? 0 : DIGEST;
}

export function rowPath(rows: Buffer, at: number): string {
  const reader = new ByteReader(rows, at + 2 + contentLength(rows, at));
  const length = reader.number();
  for (let other = 0; other < 4; other++) reader.number();
  return reader.text(length);
}

function readTime(reader: ByteReader): Time {
  return { seconds: reader.number(), nanoseconds: reader.number() };
}

function readXattrs(reader: ByteReader): Map<string, Buffer> {
  const xattrs = new Map<string, Buffer>();
  for (let left = reader.number(); left > 0; left--) {
    const [name, value] = [reader.number(), reader.number()];
    xattrs.set(reader.text(name), Buffer.from(reader.text(value), 'latin1'));
  }
  return xattrs;
}

/** A row as the record that it was. */
export function unpackRow(rows: Buffer, at: number, layer: number, position: number): EntryRecord {
  const flags = rows[at + 1] ?? 0;
  const reader = new ByteReader(rows, at + 2);
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const content = reader.text(contentLength(rows, at));
  const [pathLength, nameLength] = [reader.number(), reader.number()];
  const [linkLength, unameLength, gnameLength] = [reader.number(), reader.number(), reader.number()];
  const path = reader.text(pathLength);
  return {
    name: nameLength === 0 ? path : reader.text(nameLength),
    type: rowType(rows, at),
    linkname: reader.text(linkLength),
    uname: reader.text(unameLength),
    gname: reader.text(gnameLength),
    mode: reader.number(),
    uid: reader.number(),
    gid: reader.number(),
    size: reader.number(),
    headerCrc: reader.number(),
    mtime: readTime(reader),
    atime: has(FLAGS.atime) ? readTime(reader) : null,
    ctime: has(FLAGS.ctime) ? readTime(reader) : null,
    device: has(FLAGS.device) ? { major: reader.number(), minor: reader.number() } : null,
    xattrs: has(FLAGS.xattrs) ? readXattrs(reader) : null,
    dialect: DIALECTS[(rows[at] ?? 0) % DIALECTS.length] ?? 'v7',
    path,
    content,
    layer,
    position,
  };
}
