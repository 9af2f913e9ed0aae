import { FormatFault } from '../format.ts';
import { Accounted } from '../rest.ts';

export interface PeSection {
  name: string;
  /** Range in the file. */
  from: number;
  to: number;
}

/** What a PE file says of itself, by place. */
export interface Pe {
  /** Fields that hold seconds since 1970, or a hash of the file where the linker was told to be reproducible. */
  times: [name: string, at: number][];
  /** Identities of debugging information: GUID and age. */
  guids: [name: string, at: number][];
  checksumAt: number;
  /** The linker has marked the times as hashes. */
  isHashed: boolean;
  /** Length of what stands in front of the sections. */
  headers: number;
  sections: PeSection[];
  /** What is in no header and no section. */
  rest: (bytes: Buffer) => Buffer;
}

const COFF = 20;
const SECTION = 40;
const MAX_SECTIONS = 1000;
/** Numbers of data directories. */
const EXPORTS = 0;
const DEBUG = 6;
const DEBUG_ENTRY = 28;
const CODEVIEW = 2;
const REPRODUCIBLE = 16;

/**
 * Headers and sections. Source: Microsoft, PE Format.
 * @throws FormatFault, RangeError
 */
export function readPe(bytes: Buffer): Pe {
  const coff = bytes.readUInt32LE(60) + 4;
  const optional = coff + COFF;
  const table = optional + bytes.readUInt16LE(coff + 16);
  const count = bytes.readUInt16LE(coff + 2);
  if (count > MAX_SECTIONS) throw new FormatFault('too many sections');
  const headers = table + count * SECTION;
  if (headers > bytes.length || bytes.readUInt16LE(coff + 16) < 96)
    throw new FormatFault('headers are cut off');
  const places: Placed[] = Array.from({ length: count }, (_, number) =>
    sectionAt(bytes, table + number * SECTION),
  );
  const times: Pe['times'] = [['time', coff + 4]];
  const guids: Pe['guids'] = [];
  const directories = optional + (bytes.readUInt16LE(optional) === 0x20b ? 112 : 96);
  const directory = (number: number): { at: number; size: number } | null => {
    if (bytes.readUInt32LE(directories - 4) <= number || directories + number * 8 + 8 > table) return null;
    const [address, size] = [
      bytes.readUInt32LE(directories + number * 8),
      bytes.readUInt32LE(directories + number * 8 + 4),
    ];
    const at = address === 0 ? null : placeOf(address, places);
    return at === null ? null : { at, size };
  };
  const exported = directory(EXPORTS);
  if (exported !== null && exported.at + 8 <= bytes.length) times.push(['export-time', exported.at + 4]);
  const isHashed = addDebug(bytes, directory(DEBUG), { times, guids });
  const accounted = new Accounted();
  accounted.add(0, headers);
  for (const { from, to } of places) accounted.add(from, to);
  return {
    times,
    guids,
    checksumAt: optional + 64,
    isHashed,
    headers,
    sections: places,
    rest: (of) => accounted.rest(of),
  };
}

interface Placed extends PeSection {
  address: number;
}

function sectionAt(bytes: Buffer, at: number): Placed {
  const name = bytes.toString('latin1', at, at + 8).replace(/\0.*$/s, '');
  const [size, from] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20)];
  if (from + size > bytes.length) throw new FormatFault('a section beyond the end');
  return { name, from, to: from + size, address: bytes.readUInt32LE(at + 12) };
}

/** Where in the file an address lies that counts from the beginning of the image in memory. */
function placeOf(address: number, sections: readonly Placed[]): number | null {
  const found = sections.find((one) => address >= one.address && address < one.address + one.to - one.from);
  return found === undefined ? null : found.from + address - found.address;
}

/** @returns whether one of the entries marks the file as made reproducibly */
function addDebug(
  bytes: Buffer,
  directory: { at: number; size: number } | null,
  { times, guids }: Pick<Pe, 'times' | 'guids'>,
): boolean {
  let isHashed = false;
  const count = directory === null ? 0 : Math.min(16, Math.floor(directory.size / DEBUG_ENTRY));
  for (let number = 0; number < count; number++) {
    const at = (directory?.at ?? 0) + number * DEBUG_ENTRY;
    if (at + DEBUG_ENTRY > bytes.length) break;
    isHashed ||= bytes.readUInt32LE(at + 12) === REPRODUCIBLE;
    times.push([`debug-time ${number + 1}`, at + 4]);
    const data = bytes.readUInt32LE(at + 24);
    const known =
      bytes.readUInt32LE(at + 12) === CODEVIEW && bytes.toString('latin1', data, data + 4) === 'RSDS';
    if (known && data + 24 <= bytes.length) guids.push([`codeview-build-id ${number + 1}`, data + 4]);
  }
  return isHashed;
}
