import { headerNumber, TarFault } from './numbers.ts';
import type { Dialect, Time } from './types.ts';

/** One 512-byte header block, before extended headers are laid over it. */
export interface RawHeader {
  name: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  typeflag: string;
  linkname: string;
  dialect: Dialect;
  uname: string;
  gname: string;
  major: number;
  minor: number;
  atime: Time | null;
  ctime: Time | null;
}

export const BLOCK = 512;

/** Sums of all bytes with the checksum field as spaces; old writers summed signed bytes. */
export function checksumMatches(block: Buffer): boolean {
  let stored: number;
  try {
    stored = headerNumber(block, 148, 8);
  } catch {
    return false;
  }
  let unsigned = 256;
  for (let at = 0; at < 148; at++) unsigned += block[at] ?? 0;
  for (let at = 156; at < BLOCK; at++) unsigned += block[at] ?? 0;
  if (unsigned === stored) return true;
  let signed = 256;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) signed += block.readInt8(at);
  return signed === stored;
}

function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('latin1', start, end < 0 || end > start + length ? start + length : end);
}

function dialectOf(block: Buffer): Dialect {
  const magic = block.toString('latin1', 257, 265);
  if (magic === 'ustar  \0') return 'gnu';
  if (!magic.startsWith('ustar\0')) return 'v7';
  return block.toString('latin1', 508, 512) === 'tar\0' ? 'star' : 'ustar';
}

function optionalTime(block: Buffer, start: number): Time | null {
  return block[start] === 0 || block[start] === 0x20
    ? null
    : { seconds: headerNumber(block, start, 12), nanoseconds: 0 };
}

/**
 * Offsets: POSIX pax "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"; star(5) for `star`.
 * @throws TarFault
 */
export function parseHeader(block: Buffer): RawHeader {
  if (!checksumMatches(block)) throw new TarFault('the header checksum is wrong');
  const dialect = dialectOf(block);
  const prefix =
    dialect === 'ustar' ? text(block, 345, 155) : dialect === 'star' ? text(block, 345, 131) : '';
  const name = text(block, 0, 100);
  const size = headerNumber(block, 124, 12);
  if (size < 0) throw new TarFault('negative size');
  const times = dialect === 'gnu' ? ([345, 357] as const) : dialect === 'star' ? ([476, 488] as const) : null;
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: headerNumber(block, 100, 8),
    uid: headerNumber(block, 108, 8),
    gid: headerNumber(block, 116, 8),
    size,
    mtime: headerNumber(block, 136, 12),
    typeflag: block.toString('latin1', 156, 157),
    linkname: text(block, 157, 100),
    dialect,
    uname: dialect === 'v7' ? '' : text(block, 265, 32),
    gname: dialect === 'v7' ? '' : text(block, 297, 32),
    major: dialect === 'v7' ? 0 : headerNumber(block, 329, 8),
    minor: dialect === 'v7' ? 0 : headerNumber(block, 337, 8),
    atime: times === null ? null : optionalTime(block, times[0]),
    ctime: times === null ? null : optionalTime(block, times[1]),
  };
}

const zeros = Buffer.alloc(BLOCK);

/** True when at most a block of bytes is all zeros. */
export function isZero(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.equals(zeros.subarray(0, bytes.length)));
}
