import Bunzip from 'seek-bzip';
import { constants, zstdDecompressSync } from 'node:zlib';
import { unxz } from '../../oci/unxz.ts';
import { LIMITS } from '../budget.ts';
import { differingFields, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compressedData } from '../members.ts';
import type { InsideField } from '../types.ts';
import { expandLz4 } from './lz4.ts';

/** What a kind of compression needs to be looked into. */
interface Kind {
  name: string;
  magic: Buffer;
  values: (bytes: Buffer) => Values;
  expand: (bytes: Buffer) => Buffer | Promise<Buffer>;
}

/** What its header says, and then its content; the same content means that only the compressed bytes differ. */
function compressed({ name, magic, values, expand }: Kind): Format {
  const compare = async (a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> => {
    const [one, other] = [await expand(a), await expand(b)];
    walk.spend(one.length + other.length);
    const fields = differingFields(values(a), values(b));
    const content = await walk.part('content', one, other);
    if (content !== null) return { fields, children: [content] };
    return { fields: [...fields, ...compressedData(without(a, fields), without(b, fields))] };
  };
  return { name, detects: (bytes) => bytes.subarray(0, magic.length).equals(magic), compare };
}

/** Without the bytes that the fields show, each of which is one byte. */
function without(bytes: Buffer, fields: readonly InsideField[]): Buffer {
  const rest = Buffer.from(bytes);
  for (const { offset } of fields) if (offset !== null) rest[offset] = 0;
  return rest;
}

async function expandXz(bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of unxz(bytes, LIMITS.partBytes, () => new OverLimit('size'))) parts.push(part);
  return Buffer.concat(parts);
}

/** .xz file format, section 2.1.1.2: which checksum follows each block. */
const XZ_CHECKS: Partial<Record<number, string>> = { 0: 'none', 1: 'CRC32', 4: 'CRC64', 10: 'SHA-256' };

export const xz = compressed({
  name: 'xz',
  magic: Buffer.from('fd377a585a00', 'hex'),
  values: (bytes) => {
    const check = bytes.readUInt8(7);
    return new Map([['check', { text: XZ_CHECKS[check] ?? String(check), offset: 7 }]]);
  },
  expand: expandXz,
});

/** RFC 8878, section 3.1.2: frames that hold no content. */
function isSkippable(bytes: Buffer, at: number): boolean {
  return at + 8 <= bytes.length && (bytes.readUInt32LE(at) & 0xfffffff0) >>> 0 === 0x184d2a50;
}

const ZSTD_MAGIC = Buffer.from('28b52ffd', 'hex');

/** Node stops after the first frame, so each is expanded by itself. */
function expandZstd(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let left: number = LIMITS.partBytes;
  for (let at = 0; at < bytes.length;) {
    if (isSkippable(bytes, at)) {
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    if (!bytes.subarray(at, at + 4).equals(ZSTD_MAGIC))
      throw new FormatFault('something else follows a frame');
    const { buffer, engine } = expandFrame(bytes.subarray(at), left);
    parts.push(buffer);
    left -= buffer.length;
    at += engine.bytesWritten;
  }
  return Buffer.concat(parts);
}

/** What `info` adds is missing in Node's types. */
interface Expanded {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function expandFrame(bytes: Buffer, limit: number): Expanded {
  // Windows above 128 MiB are refused: they are what memory is needed for.
  const params = { [constants.ZSTD_d_windowLogMax]: 27 };
  const options = { info: true, maxOutputLength: Math.max(1, limit), params };
  try {
    return zstdDecompressSync(bytes, options) as unknown as Expanded;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new OverLimit('size');
    throw error;
  }
}

export const zstd = compressed({
  name: 'zstd',
  magic: ZSTD_MAGIC,
  // Frame_Header_Descriptor: size of the content size, single segment, checksum, dictionary.
  values: (bytes) => new Map([['frame-flags', { text: `0x${bytes.toString('hex', 4, 5)}`, offset: 4 }]]),
  expand: expandZstd,
});

function expandBzip2(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let part = Buffer.alloc(65_536);
  let used = 0;
  const writeByte = (byte: number): void => {
    part[used++] = byte;
    if (used < part.length) return;
    parts.push(part);
    if (parts.length * part.length > LIMITS.partBytes) throw new OverLimit('size');
    part = Buffer.alloc(part.length);
    used = 0;
  };
  Bunzip.decode(bytes, { writeByte }, true);
  return Buffer.concat([...parts, part.subarray(0, used)]);
}

export const bzip2 = compressed({
  name: 'bzip2',
  magic: Buffer.from('BZh'),
  values: (bytes) => new Map([['level', { text: bytes.toString('latin1', 3, 4), offset: 3 }]]),
  expand: expandBzip2,
});

const lz4Kind = (name: string, magic: string): Format =>
  compressed({ name, magic: Buffer.from(magic, 'hex'), values: () => new Map(), expand: expandLz4 });

export const lz4 = lz4Kind('lz4', '04224d18');
export const lz4Legacy = lz4Kind('lz4-legacy', '02214c18');
