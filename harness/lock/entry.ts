import type { LockedFile, LockedPackage } from './types.ts';
import { fileNameOf, isRepoId, urlFault } from './url.ts';
import type { Value, YamlReader } from './yaml-reader.ts';

/** An entry of a lock and where it stands. */
export interface Placed<T> {
  entry: T;
  at: Value;
}

const HEX_LENGTH: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };
const MAX_SIZE = 16 * 1024 ** 3;
const CHECKSUM_HINT = 'a checksum is written sha256:<64 hex digits>, also sha384 and sha512';

/**
 * `{url, repoid, size, checksum}`: an entry of `module_metadata`, and what all entries have.
 * @param repoid stands in for one that is not given
 */
export function readEntry(reader: YamlReader, value: Value, repoid?: string): Placed<LockedFile> {
  const fields = reader.map(value, 'an entry');
  return { entry: readFields(reader, value, fields, repoid), at: value };
}

/** An entry of `packages` or `source`. */
export function readPackage(reader: YamlReader, value: Value): Placed<LockedPackage> {
  const fields = reader.map(value, 'an entry');
  const file = readFields(reader, value, fields);
  const name = word(reader, fields, 'name', value);
  const evr = word(reader, fields, 'evr', value);
  const sourcerpm = fields.has('sourcerpm') ? word(reader, fields, 'sourcerpm', value) : null;
  return { entry: { ...file, name, evr, ...(sourcerpm === null ? {} : { sourcerpm }) }, at: value };
}

function readFields(
  reader: YamlReader,
  value: Value,
  fields: Map<string, Value | null>,
  repoid?: string,
): LockedFile {
  return {
    url: readUrl(reader, field(reader, fields, 'url', value)),
    repoid: repoid ?? readRepoId(reader, field(reader, fields, 'repoid', value)),
    size: readSize(reader, field(reader, fields, 'size', value)),
    checksum: readChecksum(reader, field(reader, fields, 'checksum', value)),
  };
}

/** The value of a key that must be there; null after a complaint. */
function field(reader: YamlReader, fields: Map<string, Value | null>, key: string, at: Value): Value | null {
  if (fields.has(key)) return fields.get(key) ?? at;
  reader.complain(at, `the key ${key} is missing`, 'is the file cut off?');
  return null;
}

function readUrl(reader: YamlReader, value: Value | null): string {
  if (value === null) return '';
  const url = reader.text(value, 'url');
  if (url === '') return url;
  const fault = urlFault(url) ?? (fileNameOf(url) === null ? 'the URL does not end with a file name' : null);
  if (fault !== null) reader.complain(value, fault);
  return url;
}

function readRepoId(reader: YamlReader, value: Value | null): string {
  if (value === null) return '';
  const id = reader.text(value, 'repoid');
  if (id !== '' && !isRepoId(id)) reader.complain(value, 'repoid must be letters, digits and . _ : + ~ @ -');
  return id;
}

function readSize(reader: YamlReader, value: Value | null): number {
  if (value === null) return 0;
  const text = reader.text(value, 'size');
  if (text === '') return 0;
  const size = /^[1-9][0-9]{0,11}$/.test(text) ? Number(text) : 0;
  if (size === 0 || size > MAX_SIZE)
    reader.complain(value, `size must be a whole number from 1 to ${MAX_SIZE}`);
  return size;
}

function readChecksum(reader: YamlReader, value: Value | null): string {
  if (value === null) return '';
  const text = reader.text(value, 'checksum');
  if (text === '') return text;
  const match = /^([a-z0-9]+):([0-9a-f]+)$/.exec(text);
  if (match?.[1] === undefined || HEX_LENGTH[match[1]] !== match[2]?.length) {
    reader.complain(value, 'this is no checksum', CHECKSUM_HINT);
  }
  return text;
}

/** Names and versions: printable, without blanks. */
function word(reader: YamlReader, fields: Map<string, Value | null>, key: string, at: Value): string {
  const value = field(reader, fields, key, at);
  if (value === null) return '';
  const text = reader.text(value, key);
  if (text !== '' && !/^[\x21-\x7e]{1,255}$/.test(text))
    reader.complain(value, `${key} holds odd characters`);
  return text;
}
