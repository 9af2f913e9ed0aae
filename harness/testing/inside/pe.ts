/** Makes small PE files for tests; independent of the reader on purpose. */

const PE = 64;
const OPTIONAL = PE + 24;
const DIRECTORIES = OPTIONAL + 112;
const SECTION = DIRECTORIES + 16 * 8;
const DATA = SECTION + 40;
const DEBUG = 6;

export interface TestPe {
  code?: string;
  /** GUID and age of its debugging information. */
  identity?: string;
  /** Its times are marked as hashes. */
  reproducible?: boolean;
  checksum?: number;
}

function debugEntry(at: Buffer, [time, type, place]: [number, number, number]): void {
  at.writeUInt32LE(time, 4);
  at.writeUInt32LE(type, 12);
  at.writeUInt32LE(place, 24);
}

/** One section with debugging entries and code. @param time seconds since 1970, or a hash */
export function pe(
  time: number,
  { code = 'code', identity = 'i'.repeat(20), reproducible = false, checksum = 0 }: TestPe = {},
): Buffer {
  const debug = Buffer.alloc(56);
  debugEntry(debug, [time, 2, DATA + debug.length]);
  debugEntry(debug.subarray(28), [time, reproducible ? 16 : 13, 0]);
  const data = Buffer.concat([debug, Buffer.from(`RSDS${identity}`), Buffer.from(code)]);
  const head = Buffer.alloc(DATA);
  head.write('MZ');
  head.writeUInt32LE(PE, 60);
  head.write('PE\0\0', PE);
  head.writeUInt16LE(0x8664, PE + 4);
  head.writeUInt16LE(1, PE + 6);
  head.writeUInt32LE(time, PE + 8);
  head.writeUInt16LE(SECTION - OPTIONAL, PE + 20);
  head.writeUInt16LE(0x20b, OPTIONAL);
  head.writeUInt32LE(checksum, OPTIONAL + 64);
  head.writeUInt32LE(16, DIRECTORIES - 4);
  head.writeUInt32LE(0x1000, DIRECTORIES + DEBUG * 8);
  head.writeUInt32LE(debug.length, DIRECTORIES + DEBUG * 8 + 4);
  head.write('.rdata', SECTION);
  head.writeUInt32LE(0x1000, SECTION + 12);
  head.writeUInt32LE(data.length, SECTION + 16);
  head.writeUInt32LE(DATA, SECTION + 20);
  return Buffer.concat([head, data]);
}
