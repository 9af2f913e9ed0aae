import type { MergedLayers } from '../oci/layers/merge.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import { nameText } from '../oci/names.ts';
import { withoutWal } from '../packages/rpm/sqlite-wal.ts';

/** SQLite keeps its write-ahead log beside the database, under this name (https://www.sqlite.org/wal.html). */
const LOG = '-wal';

/** A database and its log on one side; null for what is not there. */
export interface Logged {
  database: EntryRecord;
  log: EntryRecord | null;
}

function fileAt(tree: MergedLayers, path: string): EntryRecord | null {
  const inode = tree.fileAt(path)?.read().inode;
  return inode?.type === 'file' ? inode : null;
}

/** What has to be read of one side to see what a database, or its log, stands for; null for any other path. */
export function loggedAt(tree: MergedLayers, path: string): Logged | null {
  const base = path.endsWith(LOG) ? path.slice(0, -LOG.length) : path;
  const database = fileAt(tree, base);
  return database === null ? null : { database, log: fileAt(tree, `${base}${LOG}`) };
}

/** Whether a path is the log of a database. */
export function isLog(path: string): boolean {
  return path.endsWith(LOG);
}

/** The database as SQLite would read it, its log applied; null when it is none, or broken. */
export function appliedLog(
  { database, log }: Logged,
  contentOf: (record: EntryRecord) => Buffer | null,
): Buffer | null {
  const bytes = contentOf(database);
  if (bytes?.toString('latin1', 0, 15) !== 'SQLite format 3') return null;
  try {
    const applied = withoutWal(bytes, log === null ? null : contentOf(log), nameText(database.path));
    return Buffer.from(applied.buffer, applied.byteOffset, applied.byteLength);
  } catch {
    // It is shown as bytes then, like everything that cannot be read.
    return null;
  }
}
