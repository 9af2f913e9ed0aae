import { TarFault } from './numbers.ts';

/** Records in order, because sparse maps of version 0.0 repeat their keys. Keys and values are binary strings. */
export type PaxRecords = [key: string, value: string][];

/**
 * Records of a PAX extended header, `<length> <key>=<value>\n`; values are bytes and may hold line feeds and NULs.
 * Source: POSIX pax, "pax Extended Header".
 * @throws TarFault
 */
export function parsePax(bytes: Buffer): PaxRecords {
  const records: PaxRecords = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 || space - at > 8 ? '' : bytes.toString('latin1', at, space);
    if (!/^\d+$/.test(digits)) {
      // Some writers pad with NULs.
      if (bytes.subarray(at).every((byte) => byte === 0)) break;
      throw new TarFault('bad record length in the extended header');
    }
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space + 1);
    if (
      end > bytes.length ||
      bytes[end - 1] !== 0x0a ||
      equals < 0 ||
      equals >= end - 1 ||
      equals === space + 1
    ) {
      throw new TarFault('bad record in the extended header');
    }
    records.push([
      bytes.toString('latin1', space + 1, equals),
      bytes.toString('latin1', equals + 1, end - 1),
    ]);
    at = end;
  }
  return records;
}

/** Percent-decoding of attribute names as libarchive writes them. */
function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * Extended attributes: `SCHILY.xattr.<name>` holds raw bytes (star, GNU tar, Go), `LIBARCHIVE.xattr.<name>` base64
 * with a percent-encoded name. libarchive writes both and they say the same; the raw form wins.
 */
export function paxXattrs(records: PaxRecords): Map<string, Buffer> | null {
  const raw = new Map<string, Buffer>();
  const encoded = new Map<string, Buffer>();
  for (const [key, value] of records) {
    if (key.startsWith('SCHILY.xattr.')) raw.set(key.slice(13), Buffer.from(value, 'latin1'));
    if (key.startsWith('LIBARCHIVE.xattr.')) {
      encoded.set(percentDecoded(key.slice(17)), Buffer.from(value, 'base64'));
    }
  }
  for (const [name, value] of encoded) if (!raw.has(name)) raw.set(name, value);
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

/**
 * Global records under local ones: a local record with an empty value takes the global one away.
 * An empty extended attribute is a value of its own, as GNU tar and Go have it.
 */
export function mergePax(global: PaxRecords, local: PaxRecords): PaxRecords {
  if (global.length === 0) return local;
  const overridden = new Set(local.map(([key]) => key));
  return [...global.filter(([key]) => !overridden.has(key)), ...local];
}
