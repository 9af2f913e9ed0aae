import { TarFault } from './numbers.ts';

/** Records in order, because sparse maps of version 0.0 repeat their keys. Keys and values are binary strings. */
export type PaxRecords = [key: string, value: string][];

/** Keys whose values are names; a NUL would cut them. */
const NAMES = ['path', 'linkpath', 'uname', 'gname'];

/** Place of the length's end, of the value's end. @throws TarFault */
function recordAt(bytes: Buffer, at: number): { space: number; end: number } {
  const space = bytes.indexOf(0x20, at);
  const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
  if (!/^\+?0*\d{1,8}$/.test(digits)) throw new TarFault('bad record length in the extended header');
  const end = at + Number(digits);
  if (end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a)
    throw new TarFault('bad record in the extended header');
  return { space, end };
}

/**
 * Records of a PAX extended header, `<length> <key>=<value>\n`; values are bytes and may hold line feeds and NULs.
 * Source: POSIX pax, "pax Extended Header"; what Go's reader refuses, and so every engine, is refused.
 * @throws TarFault
 */
export function parsePax(bytes: Buffer): PaxRecords {
  const records: PaxRecords = [];
  for (let at = 0; at < bytes.length;) {
    const { space, end } = recordAt(bytes, at);
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals < 0 || equals >= end - 1 || equals === space + 1)
      throw new TarFault('bad record in the extended header');
    const key = bytes.toString('latin1', space + 1, equals);
    const value = bytes.toString('latin1', equals + 1, end - 1);
    if ((NAMES.includes(key) ? value : key).includes('\0')) throw new TarFault('a name holds a NUL');
    records.push([key, value]);
    at = end;
  }
  return records;
}

const XATTR = 'SCHILY.xattr.';

/**
 * Extended attributes: `SCHILY.xattr.<name>` holds raw bytes (star, GNU tar, Go), an empty one is a value of its own.
 * libarchive writes them in a form of its own as well, which no engine reads.
 */
export function paxXattrs(records: PaxRecords): Map<string, Buffer> | null {
  const raw = new Map<string, Buffer>();
  for (const [key, value] of records) {
    if (key.startsWith(XATTR)) raw.set(key.slice(XATTR.length), Buffer.from(value, 'latin1'));
  }
  return raw.size === 0 ? null : raw;
}

/** The last value of a key; `undefined` when it is not there. */
export function paxValue(records: PaxRecords, key: string): string | undefined {
  for (let at = records.length - 1; at >= 0; at--) {
    const record = records[at];
    if (record?.[0] === key) return record[1];
  }
  return undefined;
}

/** The last value of a key; an empty one means: as in the header block. */
export function override(records: PaxRecords, key: string): string | undefined {
  const value = paxValue(records, key);
  return value === '' ? undefined : value;
}
