import { differingFields, timeValue, type Values } from '../fields.ts';
import type { Format } from '../format.ts';
import { bytesFound } from '../hex.ts';

const MAGIC = '894c5a4f000d0a1a0a';
/** src/lzop.h: versions from here on keep level and a time of two words; a filter comes where the flag is set. */
const WITH_LEVEL = 0x0940;
const FILTER = 0x800;

/** Time and name of what was packed, and the file without them and without the checksum of its header. */
function read(bytes: Buffer): { values: Values; rest: Buffer } {
  const late = bytes.readUInt16BE(9) >= WITH_LEVEL;
  const flags = late ? 17 : 14;
  const mode = flags + 4 + ((bytes.readUInt32BE(flags) & FILTER) === 0 ? 0 : 4);
  const [time, name] = [mode + 4, mode + (late ? 12 : 8)];
  const end = name + 1 + bytes.readUInt8(name);
  const values: Values = new Map([
    ['mtime', { text: timeValue(bytes.readUInt32BE(time)), offset: time }],
    ['name', { text: bytes.toString('latin1', name + 1, end), offset: name + 1 }],
  ]);
  const rest = Buffer.concat([bytes.subarray(0, time), bytes.subarray(time + (late ? 8 : 4), name)]);
  return { values, rest: Buffer.concat([rest, bytes.subarray(end + 4)]) };
}

/** What lzop packs; the content is not expanded. */
export const lzop: Format = {
  name: 'lzop',
  detects: (bytes) => bytes.toString('hex', 0, 9) === MAGIC,
  compare: (a, b) => {
    const [one, other] = [read(a), read(b)];
    const rest = one.rest.equals(other.rest) ? {} : bytesFound(one.rest, other.rest);
    return { fields: differingFields(one.values, other.values), ...rest };
  },
};
