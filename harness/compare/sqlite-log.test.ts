import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { reported } from '../testing/inside/inside.ts';
import type { TestEntry } from '../testing/oci/tar/tar.ts';
import { compare, layered } from '../testing/compare/compare.ts';

/** A database whose last row is only in its log, as SQLite itself leaves it while it is open; or written back. */
function database(last: string, writtenBack = false): TestEntry[] {
  const folder = mkdtempSync(join(tmpdir(), 'twinproof-test-'));
  try {
    const opened = new DatabaseSync(join(folder, 'x.sqlite'));
    opened.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'one')",
    );
    opened.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0');
    opened.exec(`INSERT INTO t VALUES (2, '${last}')`);
    if (writtenBack) opened.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const names = ['x.sqlite', ...(writtenBack ? [] : ['x.sqlite-wal'])];
    const files = names.map((name): TestEntry => ({ name, content: readFileSync(join(folder, name)) }));
    opened.close();
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const insides = async (a: TestEntry[], b: TestEntry[]): Promise<Record<string, string[]>> => {
  const { entries } = await compare(layered(a), layered(b));
  return Object.fromEntries(entries.map(({ path, inside }) => [path, reported(inside ?? null)]));
};

describe('a database of SQLite with its write-ahead log', () => {
  it('differs in rows that only the log has, told with the log where the file is the same', async () => {
    const found = await insides(database('two'), database('zwei'));
    expect(Object.keys(found)).toContain('x.sqlite-wal');
    expect(found['x.sqlite-wal']).toContain('sqlite-wal/sqlite:database/sqlite-table:t/sqlite-row:rowid 2 b');
  });

  it('differs in a row that one has in its log and the other in its file, and in no other', async () => {
    const found = await insides(database('two'), database('zwei', true));
    expect(Object.keys(found)).toEqual(['x.sqlite', 'x.sqlite-wal']);
    expect(found['x.sqlite']?.filter((text) => text.includes('row'))).toEqual([
      'sqlite/sqlite-table:t/sqlite-row:rowid 2 b',
    ]);
    const same = await insides(database('two'), database('two', true));
    expect(same['x.sqlite']).toEqual(['sqlite write-ahead-log']);
  });

  it('that is broken is shown as bytes', async () => {
    const cut = (entries: TestEntry[]): TestEntry[] =>
      entries.map((one) => (one.name.endsWith('-wal') ? one : { ...one, content: 'SQLite format 3\0' }));
    const found = await insides(cut(database('two')), cut(database('zwei')));
    expect(found['x.sqlite-wal']?.some((text) => text.startsWith('sqlite-wal'))).toBe(true);
  });
});
