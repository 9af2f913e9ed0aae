import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { LIMITS } from '../budget.ts';
import { FormatFault } from '../format.ts';

/** Numbers of a file of either class and byte order. */
class Reader {
  readonly bytes: Buffer;
  readonly wide: boolean;
  readonly little: boolean;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.wide = bytes[4] === 2;
    this.little = bytes[5] === 1;
    if (![1, 2].includes(bytes[4] ?? 0) || ![1, 2].includes(bytes[5] ?? 0))
      throw new FormatFault('no ELF class');
  }

  half(at: number): number {
    return this.little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  word(at: number): number {
    return this.little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  /** Four bytes in ELF32, eight in ELF64; beyond 2^53 it cannot be an offset into a file. */
  address(at: number): number {
    if (!this.wide) return this.word(at);
    return Number(this.little ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at));
  }
}

export interface ElfSection {
  name: string;
  type: number;
  flags: number;
  offset: number;
  size: number;
  /** Empty for what takes no space in the file; uncompressed where it was compressed. */
  content: () => Buffer;
}

export interface ElfSegment {
  type: number;
  flags: number;
  offset: number;
  fileSize: number;
  memorySize: number;
}

export interface Elf {
  little: boolean;
  /** Header fields by name, with their offset. */
  header: [name: string, value: number, offset: number][];
  sections: ElfSection[];
  segments: ElfSegment[];
  note: (section: ElfSection) => Buffer | null;
}

const MAX_SECTIONS = 20_000;
const NOBITS = 8;
const COMPRESSED = 0x800;
/** e_shnum and e_phnum when the real number does not fit. */
const EXTENDED = 0xffff;

function readHeader(reader: Reader): Elf['header'] {
  const { wide } = reader;
  return [
    ['class', wide ? 64 : 32, 4],
    ['data', reader.bytes.readUInt8(5), 5],
    ['osabi', reader.bytes.readUInt8(7), 7],
    ['abi-version', reader.bytes.readUInt8(8), 8],
    ['type', reader.half(16), 16],
    ['machine', reader.half(18), 18],
    ['entry', reader.address(24), 24],
    ['flags', reader.word(wide ? 48 : 36), wide ? 48 : 36],
  ];
}

/** gABI "Compressed sections": zlib and zstd. */
function expanded(reader: Reader, bytes: Buffer, at: number): Buffer {
  const kind = reader.word(at);
  const data = bytes.subarray(reader.wide ? 24 : 12);
  if (kind === 1) return inflateSync(data, { maxOutputLength: LIMITS.partBytes });
  if (kind === 2) return zstdDecompressSync(data, { maxOutputLength: LIMITS.partBytes });
  return bytes;
}

function sectionAt(reader: Reader, at: number): ElfSection & { nameAt: number } {
  const { bytes, wide } = reader;
  const flags = reader.address(at + 8);
  const type = reader.word(at + 4);
  const offset = reader.address(at + (wide ? 24 : 16));
  const size = reader.address(at + (wide ? 32 : 20));
  if (type !== NOBITS && offset + size > bytes.length) throw new FormatFault('a section beyond the end');
  const raw = type === NOBITS ? Buffer.alloc(0) : bytes.subarray(offset, offset + size);
  const content = (): Buffer =>
    Math.floor(flags / COMPRESSED) % 2 === 1 ? expanded(reader, raw, offset) : raw;
  return { name: '', nameAt: reader.word(at), type, flags, offset, size, content };
}

function readSections(reader: Reader): ElfSection[] {
  const { bytes, wide } = reader;
  const table = reader.address(wide ? 40 : 32);
  if (table === 0) return [];
  const entry = reader.half(wide ? 58 : 46);
  const first = (wide ? 64 : 40) <= entry ? sectionAt(reader, table) : null;
  if (first === null) throw new FormatFault('section headers too small');
  const claimed = reader.half(wide ? 60 : 48);
  const count = claimed === 0 ? reader.address(table + (wide ? 32 : 20)) : claimed;
  const stringsAt = reader.half(wide ? 62 : 50);
  const strings = stringsAt === EXTENDED ? reader.word(table + (wide ? 40 : 24)) : stringsAt;
  if (count > MAX_SECTIONS) throw new FormatFault('too many sections');
  const sections = Array.from({ length: count }, (_, number) => sectionAt(reader, table + number * entry));
  const names = sections[strings]?.content() ?? Buffer.alloc(0);
  return sections.slice(1).map((section) => {
    const end = names.indexOf(0, section.nameAt);
    const name = bytes.length === 0 || end < 0 ? '' : names.toString('latin1', section.nameAt, end);
    return { ...section, name };
  });
}

function readSegments(reader: Reader): ElfSegment[] {
  const { wide } = reader;
  const table = reader.address(wide ? 32 : 28);
  const entry = reader.half(wide ? 54 : 42);
  const count = reader.half(wide ? 56 : 44);
  if (table === 0 || count === EXTENDED) return [];
  if (entry < (wide ? 56 : 32)) throw new FormatFault('program headers too small');
  return Array.from({ length: count }, (_, number) => {
    const at = table + number * entry;
    return {
      type: reader.word(at),
      flags: reader.word(at + (wide ? 4 : 24)),
      offset: reader.address(at + (wide ? 8 : 4)),
      fileSize: reader.address(at + (wide ? 32 : 16)),
      memorySize: reader.address(at + (wide ? 40 : 20)),
    };
  });
}

/** Descriptor of the first note in a section (gABI "Note Section"). */
function firstNote(reader: Reader, { offset, size }: ElfSection): Buffer | null {
  if (size < 12) return null;
  const [nameSize, descriptorSize] = [reader.word(offset), reader.word(offset + 4)];
  const start = offset + 12 + ((nameSize + 3) & ~3);
  return start + descriptorSize <= offset + size
    ? reader.bytes.subarray(start, start + descriptorSize)
    : null;
}

/**
 * Headers, sections and segments of an ELF file (System V gABI, chapters 4 and 5).
 * @throws FormatFault, RangeError
 */
export function readElf(bytes: Buffer): Elf {
  const reader = new Reader(bytes);
  return {
    little: reader.little,
    header: readHeader(reader),
    sections: readSections(reader),
    segments: readSegments(reader),
    note: (section) => firstNote(reader, section),
  };
}
