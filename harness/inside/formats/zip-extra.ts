import { timeValue, type Values } from '../fields.ts';

const EXTENDED_TIMES = 0x5455;
const NTFS = 0x000a;
/** Known kinds of extra fields by id (APPNOTE.TXT, section 4.5; Info-ZIP's proginfo/extrafld.txt). */
const NAMES: Partial<Record<number, string>> = {
  0x0001: 'zip64',
  [NTFS]: 'ntfs',
  [EXTENDED_TIMES]: 'times',
  0x5855: 'unix-old',
  0x7855: 'unix-owner',
  0x7875: 'unix-owner',
  0xcafe: 'jar',
};

/** "UT": flags, then mtime, atime and ctime as far as the flags and the length go. */
function times(data: Buffer, prefix: string, at: number): [string, { text: string; offset: number }][] {
  const flags = data.readUInt8(0);
  const fields = ['mtime', 'atime', 'ctime'].filter((_, bit) => (flags & (1 << bit)) !== 0);
  return fields.flatMap((field, number) => {
    const place = 1 + number * 4;
    if (place + 4 > data.length) return [];
    return [[`${prefix}${field}`, { text: timeValue(data.readInt32LE(place)), offset: at + place }]];
  });
}

/**
 * What the extra fields of a header say.
 * @param prefix of the field names, to tell central from local headers
 * @param at where they stand in the archive
 */
export function extraValues(extra: Buffer, prefix: string, at: number): Values {
  const values: Values = new Map();
  for (let place = 0; place + 4 <= extra.length;) {
    const id = extra.readUInt16LE(place);
    const length = extra.readUInt16LE(place + 2);
    const data = extra.subarray(place + 4, place + 4 + length);
    if (id === EXTENDED_TIMES && data.length > 0) {
      for (const [field, value] of times(data, `${prefix}extra-`, at + place + 4)) values.set(field, value);
    } else if (id !== 0x0001) {
      const name = NAMES[id] ?? `0x${id.toString(16).padStart(4, '0')}`;
      values.set(`${prefix}extra-${name}`, { text: data.toString('hex'), offset: at + place + 4 });
    }
    place += 4 + length;
  }
  return values;
}
