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
  const isEmpty = block[start] === 0 || block.subarray(start, start + 12).every((byte) => byte === 0x20);
  return isEmpty ? null : { seconds: headerNumber(block, start, 12), nanoseconds: 0 };
}

/** Of a text without NUL. */
function isAscii(binary: string): boolean {
  return Buffer.from(binary, 'latin1').every((byte) => byte < 0x80);
}

type Behind = Pick<RawHeader, 'atime' | 'ctime'> & { prefix: string };

/**
 * What stands behind the device numbers: a prefix, times, or both. Go up to 1.7 wrote a prefix into GNU headers, where
 * none belongs; as its reader does since, what makes no times but is ASCII is taken for one.
 */
function behindDevice(block: Buffer, dialect: Dialect): Behind {
  switch (dialect) {
    case 'ustar':
      return { prefix: text(block, 345, 155), atime: null, ctime: null };
    case 'star':
      return {
        prefix: text(block, 345, 131),
        atime: optionalTime(block, 476),
        ctime: optionalTime(block, 488),
      };
    case 'gnu':
      try {
        return { prefix: '', atime: optionalTime(block, 345), ctime: optionalTime(block, 357) };
      } catch (error) {
        if (!(error instanceof TarFault)) throw error;
        const prefix = text(block, 345, 155);
        return { prefix: isAscii(prefix) ? prefix : '', atime: null, ctime: null };
      }
    default:
      return { prefix: '', atime: null, ctime: null };
  }
}

/**
 * Offsets: POSIX pax "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"; star(5) for `star`.
 * @throws TarFault
 */
export function parseHeader(block: Buffer): RawHeader {
  if (!checksumMatches(block)) throw new TarFault('the header checksum is wrong');
  const dialect = dialectOf(block);
  const { prefix, atime, ctime } = behindDevice(block, dialect);
  const name = text(block, 0, 100);
  const size = headerNumber(block, 124, 12);
  if (size < 0) throw new TarFault('negative size');
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
    atime,
    ctime,
  };
}

const zeros = Buffer.alloc(BLOCK);

/** True when at most a block of bytes is all zeros. */
export function isZero(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.equals(zeros.subarray(0, bytes.length)));
}
