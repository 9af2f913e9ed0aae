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
 * A row: type and dialect, flags; lengths of path, name (0 when it is the path), link target and names of the owners;
 * digest of the content and these names; numbers; what only few records have.
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
    this.#texts(record);
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

  #texts({ content, path, name, linkname, uname, gname }: EntryRecord): void {
    const writer = this.#writer;
    const other = name === path ? '' : name;
    writer.number(path.length);
    writer.number(other.length);
    writer.number(linkname.length);
    writer.number(uname.length);
    writer.number(gname.length);
    writer.text(content + path + other + linkname + uname + gname);
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

function contentLength(rows: Buffer, at: number): number {
  return ((rows[at + 1] ?? 0) & FLAGS.content) === 0 ? 0 : DIGEST;
}

/** Where the texts of a row begin: the digest of the content is the first, the path the second. */
function textsOf(rows: Buffer, at: number): [start: number, pathLength: number] {
  const reader = new ByteReader(rows, at + 2);
  const pathLength = reader.number();
  for (let other = 0; other < 4; other++) reader.number();
  return [reader.at, pathLength];
}

/** Digest of the content, as it lies there; empty when there is none. */
export function rowContent(rows: Buffer, at: number): Buffer {
  const [start] = textsOf(rows, at);
  return rows.subarray(start, start + contentLength(rows, at));
}

/** Where the path lies. */
export function pathRange(rows: Buffer, at: number): [from: number, to: number] {
  const [texts, length] = textsOf(rows, at);
  const from = texts + contentLength(rows, at);
  return [from, from + length];
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
  const digest = contentLength(rows, at);
  // Where each text ends.
  const pathEnd = digest + reader.number();
  const nameEnd = pathEnd + reader.number();
  const linkEnd = nameEnd + reader.number();
  const unameEnd = linkEnd + reader.number();
  const gnameEnd = unameEnd + reader.number();
  const texts = reader.text(gnameEnd);
  const path = texts.slice(digest, pathEnd);
  return {
    name: nameEnd === pathEnd ? path : texts.slice(pathEnd, nameEnd),
    type: rowType(rows, at),
    linkname: texts.slice(nameEnd, linkEnd),
    uname: texts.slice(linkEnd, unameEnd),
    gname: texts.slice(unameEnd, gnameEnd),
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
    content: texts.slice(0, digest),
    layer,
    position,
  };
}
