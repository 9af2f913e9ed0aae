import type { Entry } from 'yauzl';
import { nameText } from '../../oci/names.ts';
import type { Values } from '../fields.ts';
import { FormatFault } from '../format.ts';
import { extraValues } from './zip-extra.ts';

/** APPNOTE.TXT, section 4.3: fixed lengths and signatures of the records of an archive. */
const LOCAL = 30;
const CENTRAL = 46;
/** Of a central header: number of the disk that the member begins on. */
const DISK = 34;
const END = 22;
const END64 = 56;
const LOCATOR64 = 20;
const LOCAL_SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const END64_SIGNATURE = 0x06064b50;
/** Bit 3 of the flags: checksum and sizes follow the data. */
const FOLLOWS = 8;
const UNKNOWN = 0xffffffff;

/** The header in front of a member's data, and what follows it. */
export interface Local {
  at: number;
  extraAt: number;
  dataAt: number;
  /** After the data, and the descriptor where there is one. */
  end: number;
  descriptor: number;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

export function readLocal(bytes: Buffer, entry: Entry): Local {
  const at = entry.relativeOffsetOfLocalHeader;
  const extraAt = at + LOCAL + bytes.readUInt16LE(at + 26);
  const dataAt = extraAt + bytes.readUInt16LE(at + 28);
  const dataEnd = dataAt + entry.compressedSize;
  if (dataEnd > bytes.length) throw new FormatFault('a member is cut off');
  const descriptor = descriptorLength(bytes, dataEnd, entry);
  return { at, extraAt, dataAt, end: dataEnd + descriptor, descriptor };
}

/** Of a descriptor that says what the central directory says: with or without signature, with sizes of 4 or 8 bytes. */
function descriptorLength(bytes: Buffer, at: number, entry: Entry): number {
  if ((entry.generalPurposeBitFlag & FOLLOWS) === 0) return 0;
  const start = at + 4 <= bytes.length && bytes.readUInt32LE(at) === DESCRIPTOR_SIGNATURE ? 4 : 0;
  for (const width of [4, 8]) {
    const length = start + 4 + 2 * width;
    if (at + length > bytes.length) continue;
    const size = (place: number): number =>
      width === 4 ? bytes.readUInt32LE(place) : Number(bytes.readBigUInt64LE(place));
    const first = at + start + 4;
    const sizes = [size(first), size(first + width)];
    const same = bytes.readUInt32LE(at + start) === entry.crc32;
    if (same && sizes[0] === entry.compressedSize && sizes[1] === entry.uncompressedSize) return length;
  }
  return 0;
}

/** What the local header says otherwise than the central directory. */
export function localValues(bytes: Buffer, entry: Entry, { at, extraAt, dataAt, descriptor }: Local): Values {
  const values: Values = new Map();
  const add = (field: string, offset: number, own: number, central: number): void => {
    if (own !== central) values.set(`local-${field}`, { text: hex(own), offset: at + offset });
  };
  add('signature', 0, bytes.readUInt32LE(at), LOCAL_SIGNATURE);
  add('version-needed', 4, bytes.readUInt16LE(at + 4), entry.versionNeededToExtract);
  add('flags', 6, bytes.readUInt16LE(at + 6), entry.generalPurposeBitFlag);
  add('method', 8, bytes.readUInt16LE(at + 8), entry.compressionMethod);
  add('time', 10, bytes.readUInt16LE(at + 10), entry.lastModFileTime);
  add('date', 12, bytes.readUInt16LE(at + 12), entry.lastModFileDate);
  add('crc32', 14, bytes.readUInt32LE(at + 14), entry.crc32);
  for (const [field, offset, central] of [
    ['compressed-size', 18, entry.compressedSize],
    ['size', 22, entry.uncompressedSize],
  ] as const) {
    const own = bytes.readUInt32LE(at + offset);
    if (own !== central)
      values.set(`local-${field}`, { text: own === UNKNOWN ? 'zip64' : hex(own), offset: at + offset });
  }
  const name = bytes.toString('latin1', at + LOCAL, extraAt);
  if (name !== rawText(entry.fileNameRaw))
    values.set('local-name', { text: nameText(name), offset: at + LOCAL });
  if (descriptor > 0) values.set('data-descriptor', { text: `${descriptor} bytes` });
  for (const [field, value] of extraValues(bytes.subarray(extraAt, dataAt), 'local-', extraAt))
    values.set(field, value);
  return values;
}

/** With `decodeStrings: false` what the types call a string is a buffer. */
export function rawText(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : '';
}

/** The record at the end of an archive, and the ranges of all that follows the members. */
export interface End {
  /** What the record says that does not follow from the directory. */
  values: Values;
  ranges: [from: number, to: number][];
}

export function readEnd(bytes: Buffer, entries: readonly Entry[], comment: string): End {
  const end = bytes.length - END - comment.length;
  const size = entries.reduce((sum, entry) => sum + centralLength(entry), 0);
  const is64 = end >= LOCATOR64 + END64 && bytes.readUInt32LE(end - LOCATOR64 - END64) === END64_SIGNATURE;
  const last = is64 ? end - LOCATOR64 - END64 : end;
  const given = bytes.readUInt32LE(end + 16);
  const start = given === UNKNOWN ? last - size : given;
  const values: Values = new Map();
  for (const [field, place, own, expected] of [
    ['disk', 4, bytes.readUInt16LE(end + 4), 0],
    ['directory-disk', 6, bytes.readUInt16LE(end + 6), 0],
    ['entries-on-disk', 8, bytes.readUInt16LE(end + 8), entries.length],
    ['entries', 10, bytes.readUInt16LE(end + 10), entries.length],
    ['directory-size', 12, bytes.readUInt32LE(end + 12), size],
  ] as const) {
    if (own !== expected) values.set(`end-${field}`, { text: hex(own), offset: end + place });
  }
  return { values, ranges: [...directoryRanges(bytes, entries, start), [last, bytes.length]] };
}

/** The records of the directory, without a number of a disk that is not the first. */
function* directoryRanges(
  bytes: Buffer,
  entries: readonly Entry[],
  start: number,
): Iterable<[number, number]> {
  let at = start;
  for (const entry of entries) {
    const end = at + centralLength(entry);
    if (bytes.readUInt16LE(at + DISK) === 0) yield [at, end];
    else yield* [[at, at + DISK] as [number, number], [at + DISK + 2, end] as [number, number]];
    at = end;
  }
}

function centralLength({ fileNameRaw, extraFieldRaw, fileComment }: Entry): number {
  return CENTRAL + fileNameRaw.length + extraFieldRaw.length + rawText(fileComment).length;
}
