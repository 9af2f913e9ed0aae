import { DatabaseSync } from 'node:sqlite';
import { TwinproofError } from '../../errors.ts';
import { databaseInvalid } from '../fault.ts';
import { parseRpmHeader, rpmVersion } from './rpm-header.ts';
import { withoutWal } from './sqlite-wal.ts';
import type { InstalledPackage } from '../types.ts';

const MAX_PACKAGES = 100_000;
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/**
 * Hands on the headers in an rpm database in SQLite (rpm 4.16 and later), one by one, read in memory.
 * @param wal the write-ahead log beside it, null where there is none
 * @throws TwinproofError `image-invalid`
 */
export function eachRpmHeader(
  bytes: Uint8Array,
  wal: Uint8Array | null,
  path: string,
  onHeader: (blob: Uint8Array) => void,
): void {
  const plain = withoutWal(bytes, wal, path);
  try {
    using database = new DatabaseSync(':memory:', { allowExtension: false });
    database.deserialize(plain);
    database.exec('PRAGMA trusted_schema = OFF');
    requirePlainTable(database, path);
    for (const blob of readHeaders(database, plain.length, path)) onHeader(blob);
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    throw databaseInvalid(path, 'SQLite cannot read it', cause);
  }
}

const PLAIN_TABLE =
  /^CREATE TABLE ['"]?Packages['"]? ?\( ?hnum INTEGER PRIMARY KEY AUTOINCREMENT, ?blob BLOB NOT NULL ?\)$/i;

/** A view, a virtual table or a computed column could run for ever, or show other packages than rpm sees. */
function requirePlainTable(database: DatabaseSync, path: string): void {
  const row = database
    .prepare("SELECT type, sql FROM sqlite_schema WHERE name = 'Packages' COLLATE NOCASE")
    .get();
  if (row === undefined) throw databaseInvalid(path, 'it has no table of packages');
  const sql = typeof row.sql === 'string' ? row.sql.replaceAll(/\s+/g, ' ') : '';
  if (row.type !== 'table' || !PLAIN_TABLE.test(sql)) {
    throw databaseInvalid(path, 'its table of packages is not as rpm makes it');
  }
}

/** Rows come one at a time, and sizes are looked at before content, so that a forged tree of pages ends early. */
function* readHeaders(database: DatabaseSync, fileBytes: number, path: string): Generator<Uint8Array, void> {
  const sizes = database.prepare(
    'SELECT hnum, length(blob) AS size, typeof(blob) AS type FROM Packages NOT INDEXED ORDER BY hnum',
  );
  const content = database.prepare('SELECT blob FROM Packages WHERE hnum = ?');
  let count = 0;
  let total = 0;
  const numbers: number[] = [];
  for (const { hnum, size, type } of sizes.iterate()) {
    count += 1;
    total += Number(size);
    if (type !== 'blob' || Number(size) > MAX_HEADER_BYTES)
      throw databaseInvalid(path, 'a header is no sensible blob');
    if (count > MAX_PACKAGES || total > fileBytes)
      throw databaseInvalid(path, 'it claims more packages than it can hold');
    numbers.push(Number(hnum));
  }
  for (const hnum of numbers) {
    const blob = content.get(hnum)?.blob;
    if (!(blob instanceof Uint8Array)) throw databaseInvalid(path, 'a header that was there is gone');
    yield blob;
  }
}

/**
 * The package that a header is of; none for the keys that rpm trusts (`gpg-pubkey`). They are known by having no architecture, so
 * that a package cannot hide behind the name.
 * @throws TwinproofError `image-invalid`
 */
export function installedPackage(blob: Uint8Array, path: string): InstalledPackage[] {
  const header = parseRpmHeader(blob);
  if (typeof header === 'string') throw databaseInvalid(path, header);
  const { name, arch, sourceRpm, vendor, license, module, signedBy } = header;
  if (name === 'gpg-pubkey' && arch === null) return [];
  return [
    {
      name,
      version: rpmVersion(header),
      architecture: arch ?? '',
      ...(sourceRpm === null ? {} : { source: sourceRpm }),
      ...(vendor === null ? {} : { vendor }),
      ...(license === null ? {} : { license }),
      ...(module === null ? {} : { module }),
      ...(signedBy === null ? {} : { signedBy }),
    },
  ];
}
