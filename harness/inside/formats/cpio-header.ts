import { FormatFault } from '../format.ts';

/** Widths of the fields after the magic, in digits; cpio(5). */
const NEWC = [
  'ino',
  'mode',
  'uid',
  'gid',
  'nlink',
  'mtime',
  'size',
  'major',
  'minor',
  'rmajor',
  'rminor',
  'namesize',
  'check',
];
const ODC: [string, number][] = [
  ['dev', 6],
  ['ino', 6],
  ['mode', 6],
  ['uid', 6],
  ['gid', 6],
  ['nlink', 6],
  ['rdev', 6],
  ['mtime', 11],
  ['namesize', 6],
  ['size', 11],
];
/** "Old binary": words of 16 bits in either byte order, the more significant one of two first. */
const BINARY: [string, number][] = [
  ['dev', 2],
  ['ino', 2],
  ['mode', 2],
  ['uid', 2],
  ['gid', 2],
  ['nlink', 2],
  ['rdev', 2],
  ['mtime', 4],
  ['namesize', 2],
  ['size', 4],
];

interface Layout {
  fields: [name: string, width: number][];
  magic: number;
  number: (bytes: Buffer, at: number, width: number) => number;
  /** Name and content are padded to this. */
  align: number;
}

/** @throws FormatFault */
function digits(bytes: Buffer, { at, width, radix }: { at: number; width: number; radix: number }): number {
  const text = bytes.toString('latin1', at, at + width);
  const value = /^[0-9a-fA-F]+$/.test(text) ? Number.parseInt(text, radix) : Number.NaN;
  if (text.length !== width || Number.isNaN(value)) throw new FormatFault('a number is broken');
  return value;
}

const newc: Layout = {
  fields: NEWC.map((name) => [name, 8]),
  magic: 6,
  number: (bytes, at, width) => digits(bytes, { at, width, radix: 16 }),
  align: 4,
};
const odc: Layout = {
  fields: ODC,
  magic: 6,
  number: (bytes, at, width) => digits(bytes, { at, width, radix: 8 }),
  align: 1,
};

function binary(word: (bytes: Buffer, at: number) => number): Layout {
  const number: Layout['number'] = (bytes, at, width) =>
    width === 2 ? word(bytes, at) : word(bytes, at) * 0x1_0000 + word(bytes, at + 2);
  return { fields: BINARY, magic: 2, number, align: 2 };
}

const TEXT_LAYOUTS: Partial<Record<string, Layout>> = { '070701': newc, '070702': newc, '070707': odc };
/** 070707 as a number, by its bytes. */
const BINARY_LAYOUTS: Partial<Record<string, Layout>> = {
  c771: binary((bytes, at) => bytes.readUInt16LE(at)),
  '71c7': binary((bytes, at) => bytes.readUInt16BE(at)),
};

const layoutAt = (bytes: Buffer, at: number): Layout | undefined =>
  TEXT_LAYOUTS[bytes.toString('latin1', at, at + 6)] ?? BINARY_LAYOUTS[bytes.toString('hex', at, at + 2)];

/** Name of the entry that ends an archive. */
export const CPIO_TRAILER = 'TRAILER!!!';

export interface CpioHeader {
  at: number;
  numbers: Map<string, { value: number; offset: number; width: number }>;
  name: string;
  /** Length of what tells the layout. */
  magic: number;
  nameAt: number;
  dataAt: number;
  end: number;
}

const padded = (value: number, align: number): number => Math.ceil(value / align) * align;

/**
 * The entry at a place.
 * @param start of the archive, from which padding is counted
 * @throws FormatFault, RangeError
 */
export function readCpioHeader(bytes: Buffer, at: number, start: number): CpioHeader {
  const layout = layoutAt(bytes, at);
  if (layout === undefined) throw new FormatFault('no cpio header');
  const numbers: CpioHeader['numbers'] = new Map();
  let place = at + layout.magic;
  for (const [name, width] of layout.fields) {
    numbers.set(name, { value: layout.number(bytes, place, width), offset: place, width });
    place += width;
  }
  const number = (name: string): number => numbers.get(name)?.value ?? 0;
  const nameEnd = place + number('namesize');
  const dataAt = start + padded(nameEnd - start, layout.align);
  const dataEnd = dataAt + number('size');
  if (number('namesize') === 0 || dataEnd > bytes.length) throw new FormatFault('an entry is cut off');
  const name = bytes.toString('latin1', place, nameEnd - 1);
  const end = start + padded(dataEnd - start, layout.align);
  return { at, numbers, name, magic: layout.magic, nameAt: place, dataAt, end };
}

/** Two bytes are no sure magic: a binary header must read as one, too. */
export function isCpio(bytes: Buffer, at: number): boolean {
  if (TEXT_LAYOUTS[bytes.toString('latin1', at, at + 6)] !== undefined) return true;
  if (layoutAt(bytes, at) === undefined) return false;
  try {
    const { name, nameAt, numbers } = readCpioHeader(bytes, at, at);
    return bytes[nameAt + (numbers.get('namesize')?.value ?? 0) - 1] === 0 && !name.includes('\0');
  } catch {
    return false;
  }
}
