import { normalChecksum, pinOf } from './checksum.ts';
import type { LockedFile, LockedPackage, PinnedFile } from './types.ts';
import { fileNameOf, isRepoId, urlFault } from './url.ts';
import type { Value, YamlReader } from './yaml-reader.ts';

/** An entry of a lock and where it stands. */
export interface Placed<T> {
  entry: T;
  at: Value;
}

type Fields = Map<string, Value | null>;

/** `all`: every key must be there, as our own locks have them; `url`: only that, as Hermeto reads a lock. */
export type Needed = 'all' | 'url';

const MAX_SIZE = 16 * 1024 ** 3;

/** `{url, repoid, size, checksum}`: an entry of `module_metadata`, and what all entries have. */
export function readEntry(reader: YamlReader, value: Value, needed: Needed): Placed<LockedFile> {
  const fields = reader.map(value, 'an entry');
  return { entry: readFields(reader, value, { fields, needed }), at: value };
}

/** A file that must be known to the byte; the repository is that of its section. */
export function readPinned(reader: YamlReader, value: Value, repoid: string): PinnedFile {
  const fields = reader.map(value, 'an entry');
  const { url, size = 0, checksum = '' } = readFields(reader, value, { fields, needed: 'all', repoid });
  return { url, repoid, size, checksum };
}

/** An entry of `packages` or `source`. */
export function readPackage(reader: YamlReader, value: Value, needed: Needed): Placed<LockedPackage> {
  const fields = reader.map(value, 'an entry');
  const file = readFields(reader, value, { fields, needed });
  const words = {
    name: word(reader, fields, 'name', needed === 'all' ? value : null),
    evr: word(reader, fields, 'evr', needed === 'all' ? value : null),
    sourcerpm: word(reader, fields, 'sourcerpm', null),
  };
  return { entry: { ...file, ...onlyKnown(words) }, at: value };
}

interface Reading {
  fields: Fields;
  needed: Needed;
  /** Stands in for what the entry says. */
  repoid?: string;
}

function readFields(reader: YamlReader, value: Value, { fields, needed, repoid }: Reading): LockedFile {
  const missing = needed === 'all' ? value : null;
  return {
    url: readUrl(reader, fields, value),
    repoid: repoid ?? readRepoId(reader, fields, missing),
    ...onlyKnown({
      size: readSize(reader, fields, missing),
      checksum: readChecksum(reader, fields, missing),
    }),
  };
}

/** Without the keys that have no value. */
function onlyKnown<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const known = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as { [K in keyof T]?: NonNullable<T[K]> };
}

/**
 * The text of a key; null where there is none.
 * @param missing where to complain when the key is missing; null for one that may be
 */
function text(
  reader: YamlReader,
  fields: Fields,
  key: string,
  missing: Value | null,
): { text: string; at: Value } | null {
  const value = fields.get(key) ?? null;
  if (value !== null && (missing !== null || !reader.isNull(value))) {
    const found = reader.text(value, key);
    return found === '' ? null : { text: found, at: value };
  }
  if (missing === null) return null;
  if (fields.has(key)) reader.complain(missing, `${key} must be text`);
  else reader.complain(missing, `the key ${key} is missing`, 'is the file cut off?');
  return null;
}

function readUrl(reader: YamlReader, fields: Fields, value: Value): string {
  const found = text(reader, fields, 'url', value);
  if (found === null) return '';
  const url = found.text;
  const fault = urlFault(url) ?? (fileNameOf(url) === null ? 'the URL does not end with a file name' : null);
  if (fault !== null) reader.complain(found.at, fault);
  return url;
}

/** Empty where there is none, as Hermeto takes it. */
function readRepoId(reader: YamlReader, fields: Fields, missing: Value | null): string {
  const value = fields.get('repoid') ?? null;
  if (missing === null && value !== null && reader.isEmpty(value)) return '';
  const found = text(reader, fields, 'repoid', missing);
  if (found === null) return '';
  if (!isRepoId(found.text)) reader.complain(found.at, 'repoid must be letters, digits and . _ : + ~ @ -');
  return found.text;
}

function readSize(reader: YamlReader, fields: Fields, missing: Value | null): number | null {
  const found = text(reader, fields, 'size', missing);
  if (found === null) return null;
  const size = /^[1-9][0-9]{0,11}$/.test(found.text) ? Number(found.text) : 0;
  if (size === 0 || size > MAX_SIZE)
    reader.complain(found.at, `size must be a whole number from 1 to ${MAX_SIZE}`);
  return size;
}

function readChecksum(reader: YamlReader, fields: Fields, missing: Value | null): string | null {
  const found = text(reader, fields, 'checksum', missing);
  if (found === null) return null;
  const checksum = normalChecksum(found.text);
  if (checksum === null || (missing !== null && pinOf({ checksum }) === null)) {
    const weak = missing === null ? '; md5 and sha1 are read, and prove nothing' : '';
    const hint = `a checksum is written sha256:<64 hex digits>, also sha224, sha384 and sha512${weak}`;
    reader.complain(found.at, 'this is no checksum', hint);
  }
  return checksum;
}

/** Names and versions: printable, without blanks. */
function word(reader: YamlReader, fields: Fields, key: string, missing: Value | null): string | null {
  const found = text(reader, fields, key, missing);
  if (found === null) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(found.text)) reader.complain(found.at, `${key} holds odd characters`);
  return found.text;
}
