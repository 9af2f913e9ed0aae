import type { Read } from '../ecosystem.ts';
import { anyOf } from '../places.ts';
import { berkeleyValues } from './berkeley-db.ts';
import { ndbValues } from './ndb.ts';
import { inRpm } from './places.ts';
import { eachRpmHeader } from './rpm-database.ts';

const SQLITE = inRpm('rpmdb\\.sqlite$');
const WAL = inRpm('rpmdb\\.sqlite-wal$');
/** SUSE's. */
const NDB = inRpm('Packages\\.db$');
/** Before rpm 4.16. */
const BERKELEY = inRpm('Packages$');

/** Forms of the database, the newest first: an image that has one of an older form as well was converted. */
const FORMS = [SQLITE, NDB, BERKELEY];

/** All files that are read of a database. */
export const RPM_DATABASE = anyOf(SQLITE, WAL, NDB, BERKELEY);

/** The databases that count, of all files of databases in an image. */
export function rpmDatabases(paths: Iterable<string>): string[] {
  const all = [...paths];
  return FORMS.map((form) => all.filter((path) => form.test(path))).find((found) => found.length > 0) ?? [];
}

/** The files that a database is read from. */
export const filesOf = (path: string, exists: (path: string) => boolean): string[] =>
  SQLITE.test(path) && exists(`${path}-wal`) ? [path, `${path}-wal`] : [path];

/**
 * Hands on the headers in a database, one by one.
 * @throws TwinproofError `image-invalid`
 */
export function eachHeader(path: string, read: Read, onHeader: (blob: Uint8Array) => void): void {
  const bytes = read(path) ?? new Uint8Array();
  if (SQLITE.test(path)) {
    eachRpmHeader(bytes, read(`${path}-wal`), path, onHeader);
    return;
  }
  for (const blob of NDB.test(path) ? ndbValues(bytes, path) : berkeleyValues(bytes, path)) onHeader(blob);
}
