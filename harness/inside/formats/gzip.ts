import { crc32, inflateRawSync } from 'node:zlib';
import { nameText } from '../../oci/names.ts';
import { LIMITS } from '../budget.ts';
import { differingFields, oneField, timeValue, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compressedData } from '../members.ts';

const MAX_MEMBERS = 1000;

interface GzipMember {
  values: Values;
  /** Where its compressed data begins and ends. */
  start: number;
  end: number;
}

/** RFC 1952, section 2.3.1: the values of the OS byte. */
const SYSTEMS = [
  'FAT',
  'Amiga',
  'VMS',
  'Unix',
  'VM/CMS',
  'Atari TOS',
  'HPFS',
  'Macintosh',
  'Z-System',
  'CP/M',
];
const SYSTEMS_NEXT = ['TOPS-20', 'NTFS', 'QDOS', 'Acorn RISCOS'];

function systemName(code: number): string {
  const name = [...SYSTEMS, ...SYSTEMS_NEXT][code];
  return name === undefined ? String(code) : `${code} (${name})`;
}

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

/** A text that a NUL ends. */
function textAt(bytes: Buffer, at: number): { text: string; end: number } {
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new FormatFault('a name without end');
  return { text: nameText(bytes.toString('latin1', at, end)), end: end + 1 };
}

/** RFC 1952, section 2.3: the header of a member. */
function readHeader(bytes: Buffer, at: number): { values: Values; end: number } {
  if (bytes.readUInt16BE(at) !== 0x1f8b || bytes[at + 2] !== 8) throw new FormatFault('no gzip member');
  const flags = bytes.readUInt8(at + 3);
  const seconds = bytes.readUInt32LE(at + 4);
  const values: Values = new Map([
    ['flags', { text: `0x${flags.toString(16).padStart(2, '0')}`, offset: at + 3 }],
    ['mtime', { text: seconds === 0 ? '0 (none)' : timeValue(seconds), offset: at + 4 }],
    ['extra-flags', { text: String(bytes.readUInt8(at + 8)), offset: at + 8 }],
    ['os', { text: systemName(bytes.readUInt8(at + 9)), offset: at + 9 }],
  ]);
  let end = at + 10;
  if ((flags & FEXTRA) !== 0) {
    const length = bytes.readUInt16LE(end);
    values.set('extra', { text: bytes.toString('hex', end + 2, end + 2 + length), offset: end + 2 });
    end += 2 + length;
  }
  for (const [flag, field] of [
    [FNAME, 'name'],
    [FCOMMENT, 'comment'],
  ] as const) {
    if ((flags & flag) === 0) continue;
    const { text, end: next } = textAt(bytes, end);
    values.set(field, { text, offset: end });
    end = next;
  }
  if ((flags & FHCRC) === 0) return { values, end };
  const sum = bytes.readUInt16LE(end);
  if (sum !== (crc32(bytes.subarray(at, end)) & 0xffff))
    values.set('wrong-header-crc', { text: hex(sum), offset: end });
  return { values, end: end + 2 };
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** What follows the data, where it is not that of the content. RFC 1952, section 2.3.1. */
function wrongSums(bytes: Buffer, at: number, content: Buffer): Values {
  const values: Values = new Map();
  const [sum, size] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
  if (sum !== crc32(content)) values.set('wrong-crc32', { text: hex(sum), offset: at });
  if (size !== content.length % 2 ** 32) values.set('wrong-size', { text: String(size), offset: at + 4 });
  return values;
}

/** Node's types leave out what `info` adds. */
interface Inflated {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function inflate(bytes: Buffer, maxOutputLength: number): Inflated {
  return inflateRawSync(bytes, { info: true, maxOutputLength }) as unknown as Inflated;
}

interface Gzip {
  members: GzipMember[];
  content: Buffer;
  /** What follows the last member. */
  trailer: Buffer;
}

function readGzip(bytes: Buffer, walk: Walk): Gzip {
  const members: GzipMember[] = [];
  const parts: Buffer[] = [];
  let left: number = LIMITS.partBytes;
  let at = 0;
  while (at < bytes.length && bytes.length - at >= 18 && bytes.readUInt16BE(at) === 0x1f8b) {
    if (members.length >= MAX_MEMBERS) throw new OverLimit('count');
    const { values, end } = readHeader(bytes, at);
    const { buffer, engine } = inflateWithin(bytes.subarray(end), left);
    walk.spend(buffer.length);
    left -= buffer.length;
    const stop = end + engine.bytesWritten;
    members.push({ values: new Map([...values, ...wrongSums(bytes, stop, buffer)]), start: end, end: stop });
    parts.push(buffer);
    at = stop + 8;
  }
  const [only] = parts;
  const content = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  return { members, content, trailer: bytes.subarray(at) };
}

/** @throws OverLimit when it expands to more */
export function inflateWithin(bytes: Buffer, limit: number): Inflated {
  try {
    return inflate(bytes, Math.max(1, limit));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new OverLimit('size');
    throw error;
  }
}

/** Several members are told apart by their number. */
function headerFields(a: Gzip, b: Gzip): FormatResult['fields'] {
  const pairs = Math.min(a.members.length, b.members.length);
  const values = ({ members }: Gzip): Values =>
    new Map(
      members
        .slice(0, pairs)
        .flatMap((member, number) =>
          [...member.values].map(([field, value]) => [
            number === 0 ? field : `member ${number + 1} ${field}`,
            value,
          ]),
        ),
    );
  return [
    ...differingFields(values(a), values(b)),
    ...oneField('members', String(a.members.length), String(b.members.length)),
    ...oneField('trailer', `${a.trailer.length} bytes`, `${b.trailer.length} bytes`),
  ];
}

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [one, other] = [readGzip(a, walk), readGzip(b, walk)];
  const fields = headerFields(one, other) ?? [];
  const content = await walk.part('content', one.content, other.content);
  const trailer = await walk.part('trailer', one.trailer, other.trailer);
  const children = [content, trailer].filter((part) => part !== null);
  if (content !== null) return { fields, children };
  const stream = ({ members }: Gzip, bytes: Buffer): Buffer =>
    Buffer.concat(members.map(({ start, end }) => bytes.subarray(start, end)));
  if (one.members.length !== other.members.length) return { fields, children };
  return {
    children,
    fields: [...fields, ...compressedData(stream(one, a), stream(other, b), one.members[0]?.start)],
  };
}

export const gzip: Format = {
  name: 'gzip',
  detects: (bytes) => bytes.length >= 18 && bytes.readUInt16BE(0) === 0x1f8b && bytes[2] === 8,
  compare,
};
