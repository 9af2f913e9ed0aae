import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';
import { recordValues, SqliteFile, type SqlValue } from './sqlite-file.ts';
import { tableShape } from './sqlite-schema.ts';

function database(statements: string): Buffer {
  const made = new DatabaseSync(':memory:');
  made.exec(statements);
  const bytes = Buffer.from(made.serialize());
  made.close();
  return bytes;
}

const history = 'CREATE TABLE trans (id INTEGER PRIMARY KEY, dt_begin INTEGER, "user name" TEXT);';
const rows = "INSERT INTO trans VALUES (1, 100, 'a'), (2, 200, 'b');";

describe('sqlite', () => {
  it('names the column of a row', async () => {
    const node = await expectReported(
      database(history + rows),
      database(history + rows.replace('200', '201')),
      ['sqlite/sqlite-table:trans/sqlite-row:rowid 2 dt_begin'],
    );
    expect(node?.children[0]?.children[0]?.fields).toEqual([
      { field: 'dt_begin', offset: null, a: '200', b: '201' },
    ]);
    await expectReported(database(history + rows), database(history + rows.replace("'b'", "'c'")), [
      'sqlite/sqlite-table:trans/sqlite-row:rowid 2 user name',
    ]);
  });

  it('shows rows that only one has', async () => {
    const node = await expectReported(
      database(history + rows),
      database(`${history}${rows}INSERT INTO trans VALUES (9, 0, NULL)`),
      [
        'sqlite/sqlite-table:trans/sqlite-row:rowid 9 added',
        'sqlite/sqlite-table:trans/sqlite-row:rowid 9 id',
        'sqlite/sqlite-table:trans/sqlite-row:rowid 9 dt_begin',
      ],
    );
    expect(node?.children[0]?.children[0]?.fields[0]).toMatchObject({ a: null, b: '9' });
  });

  it('tells another order of the same rows', async () => {
    const table = 'CREATE TABLE t (x TEXT);';
    await expectReported(
      database(`${table}INSERT INTO t VALUES ('a'), ('b')`),
      database(`${table}INSERT INTO t VALUES ('b'), ('a')`),
      ['sqlite/sqlite-table:t row-order'],
    );
  });

  it('tells what only pages and counters show', async () => {
    const counted = database(history + rows);
    counted.writeUInt32BE(9, 24);
    const node = await expectReported(database(history + rows), counted, ['sqlite change-counter']);
    expect(node?.fields[0]?.offset).toBe(24);
    const free = `${history}${rows}CREATE TABLE x (y); INSERT INTO x VALUES (zeroblob(9000)); DROP TABLE x;`;
    expect(reported(await look(database(history + rows), database(free)))).toEqual(
      expect.arrayContaining(['sqlite free-pages', 'sqlite page-layout']),
    );
  });

  it('names schema changes and tables that only one has', async () => {
    expect(reported(await look(database(history), database(`${history}CREATE TABLE b (c)`)))).toEqual(
      expect.arrayContaining(['sqlite/sqlite-table:b added']),
    );
  });

  it('reads rows as SQLite does', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true }).filter((number) => !Number.isInteger(number)),
      fc.string({ maxLength: 3000 }).filter((text) => !text.includes('\0') && text.isWellFormed()),
      fc.uint8Array({ maxLength: 3000 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { maxLength: 60 }),
        fc.constantFrom(512, 4096),
        (values, pageSize) => {
          const made = new DatabaseSync(':memory:');
          made.exec(`PRAGMA page_size = ${pageSize}; CREATE TABLE t (a, b)`);
          for (const pair of values) made.prepare('INSERT INTO t VALUES (?, ?)').run(...pair);
          const root = Number(
            made.prepare("SELECT rootpage AS n FROM sqlite_schema WHERE name = 't'").get()?.n,
          );
          const file = new SqliteFile(Buffer.from(made.serialize()));
          made.close();
          const read = file.rows(root).map(({ record }) => recordValues(record, 'utf8'));
          const expected = values.map((pair): SqlValue[] =>
            pair.map((one) => (one instanceof Uint8Array ? Buffer.from(one) : one)),
          );
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads tables of many pages, and those without rowid, in order', () => {
    const made = new DatabaseSync(':memory:');
    made.exec(
      'PRAGMA page_size = 512; CREATE TABLE t (k TEXT PRIMARY KEY, v) WITHOUT ROWID; CREATE TABLE r (v)',
    );
    for (let at = 0; at < 3000; at++) {
      made.prepare('INSERT INTO t VALUES (?, ?)').run(String(at).padStart(5, '0'), 'x'.repeat(at % 700));
      made.prepare('INSERT INTO r VALUES (?)').run(BigInt(at));
    }
    const roots = made
      .prepare("SELECT rootpage AS n FROM sqlite_schema WHERE name IN ('t', 'r') ORDER BY name DESC")
      .all();
    const file = new SqliteFile(Buffer.from(made.serialize()));
    made.close();
    const [keys, numbers] = roots.map(({ n }) =>
      file.rows(Number(n)).map(({ record }) => recordValues(record, 'utf8')[0]),
    );
    expect(keys).toEqual(Array.from({ length: 3000 }, (_, at) => String(at).padStart(5, '0')));
    expect(numbers).toEqual(Array.from({ length: 3000 }, (_, at) => BigInt(at)));
  });
});

describe('tableShape', () => {
  it.each([
    ['CREATE TABLE t (a, b TEXT, c)', ['a', 'b', 'c'], -1],
    ['CREATE TABLE t("a b" INTEGER PRIMARY KEY AUTOINCREMENT, [c] BLOB NOT NULL)', ['a b', 'c'], 0],
    ["CREATE TABLE t (a DECIMAL(10,2) DEFAULT (1, ','), PRIMARY KEY (a, b), b)", ['a', 'b'], -1],
    ['CREATE TABLE t (a, v GENERATED ALWAYS AS (a + 1), s AS (a) STORED)', ['a', 's'], -1],
    ['nonsense', [], -1],
  ])('%s', (sql, columns, rowidColumn) => {
    expect(tableShape(sql)).toEqual({ columns, rowidColumn });
  });
});

describe('sqlite-wal', () => {
  it('names the salts', async () => {
    const wal = (salt: number): Buffer => {
      const bytes = Buffer.alloc(32);
      bytes.writeUInt32BE(0x377f0682, 0);
      bytes.writeUInt32BE(4096, 8);
      bytes.writeUInt32BE(salt, 16);
      return bytes;
    };
    await expectReported(wal(1), wal(2), ['sqlite-wal salt-1']);
  });
});
