import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import type { InstalledPackage } from '../types.ts';
import { eachRpmHeader, installedPackage } from './rpm-database.ts';
import { parseRpmHeader } from './rpm-header.ts';

const folder = mkdtempSync(join(tmpdir(), 'rpmdb-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function packagesIn(file: Uint8Array, wal: Uint8Array | null): InstalledPackage[] {
  const found: InstalledPackage[] = [];
  eachRpmHeader(file, wal, 'db', (blob) => found.push(...installedPackage(blob, 'db')));
  return found;
}

const TABLE = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)";

type Field = [tag: number, type: number, value: string | number];

/** A header as rpm stores it, of strings (type 6) and 32-bit numbers (type 4). */
function header(fields: Field[]): Buffer {
  const index: number[] = [];
  let data = Buffer.alloc(0);
  for (const [tag, type, value] of fields) {
    if (type === 4) data = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
    index.push(tag, type, data.length, 1);
    const number = Buffer.alloc(4);
    if (typeof value === 'number') number.writeUInt32BE(value);
    data = Buffer.concat([data, typeof value === 'number' ? number : Buffer.from(`${value}\0`)]);
  }
  const head = Buffer.alloc(8 + index.length * 4);
  [fields.length, data.length, ...index].forEach((word, i) => head.writeUInt32BE(word, i * 4));
  return Buffer.concat([head, data]);
}

const bash: Field[] = [
  [1000, 6, 'bash'],
  [1001, 6, '5.3'],
  [1002, 6, '1.fc43'],
  [1003, 4, 2],
  [1022, 6, 'x86_64'],
  [1044, 6, 'bash-5.3-1.fc43.src.rpm'],
];
const key: Field[] = [
  [1000, 6, 'gpg-pubkey'],
  [1001, 6, 'aa'],
  [1002, 6, 'bb'],
];

let counter = 0;

/** Makes a database file; with `wal`, closed without being checkpointed, so that the rows are in the log. */
function make(statements: string[], blobs: Uint8Array[], wal = false): { file: Buffer; wal: Buffer | null } {
  counter += 1;
  const path = join(folder, `${counter}.sqlite`);
  const database = new DatabaseSync(path);
  if (wal) database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  for (const statement of statements) database.exec(statement);
  for (const blob of blobs) database.prepare('INSERT INTO Packages (blob) VALUES (?)').run(blob);
  const read = { file: readFileSync(path), wal: wal ? readFileSync(`${path}-wal`) : null };
  database.close();
  return read;
}

const names = (file: Uint8Array, wal: Uint8Array | null = null): string[] =>
  packagesIn(file, wal).map(({ name, version, architecture }) => `${name} ${version} ${architecture}`);

function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(TwinproofError);
    return (error as Error).message;
  }
  return 'none';
}

describe('an rpm database', () => {
  it('reads packages and leaves keys out', () => {
    expect(packagesIn(make([TABLE], [header(key), header(bash)]).file, null)).toEqual([
      { name: 'bash', version: '2:5.3-1.fc43', architecture: 'x86_64', source: 'bash-5.3-1.fc43.src.rpm' },
    ]);
  });

  it('does not leave out a package that only calls itself a key', () => {
    const posing = header([...key, [1022, 6, 'x86_64']]);
    expect(names(make([TABLE], [posing]).file)).toEqual(['gpg-pubkey aa-bb x86_64']);
  });

  it('reads what is still in the write-ahead log', () => {
    const made = make([TABLE], [header(bash)], true);
    expect(names(made.file, made.wal)).toEqual(['bash 2:5.3-1.fc43 x86_64']);
  });

  it('applies a log only up to its first broken frame, as SQLite does', () => {
    const { file, wal } = make([TABLE], [header(bash), header([...bash.slice(1), [1000, 6, 'later']])], true);
    if (wal === null) throw new Error('no log');
    wal.writeUInt8(wal.readUInt8(wal.length - 1) ^ 1, wal.length - 1);
    expect(names(file, wal)).toEqual(['bash 2:5.3-1.fc43 x86_64']);
    expect(names(make([TABLE], [header(bash)]).file, Buffer.from('not a log'))).toEqual([
      'bash 2:5.3-1.fc43 x86_64',
    ]);
  });

  it('reads a file marked for a log that is not there', () => {
    const { file } = make([TABLE], [header(bash)]);
    file.writeUInt8(2, 18);
    file.writeUInt8(2, 19);
    expect(names(file)).toEqual(['bash 2:5.3-1.fc43 x86_64']);
  });

  it.each<[string, string[], Uint8Array[], string]>([
    ['no table', ['CREATE TABLE x (y)'], [], 'no table of packages'],
    ['a view', ["CREATE VIEW Packages AS SELECT 1 AS hnum, x'00' AS blob"], [], 'not as rpm makes it'],
    [
      'a computed column',
      ["CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB AS (x'00'))"],
      [],
      'not as rpm makes it',
    ],
    ['text for a blob', [TABLE, "INSERT INTO Packages (blob) VALUES ('text')"], [], 'no sensible blob'],
    ['a header that is cut off', [TABLE], [header(bash).subarray(0, -1)], 'not as long as it says'],
    ['an empty header', [TABLE], [Buffer.alloc(4)], 'cut off'],
    ['no name', [TABLE], [header(bash.slice(1))], 'no name, version or release'],
    ['a tag given twice', [TABLE], [header([...bash, [1000, 6, 'other']])], 'a tag twice'],
    [
      'an epoch that is text',
      [TABLE],
      [header([...bash.filter(([tag]) => tag !== 1003), [1003, 6, '1']])],
      'epoch that is no number',
    ],
  ])('refuses %s', (_, statements, blobs, message) => {
    expect(complaint(() => names(make(statements, blobs).file))).toContain(message);
  });

  it('ends, whatever bytes are changed in the file', () => {
    const { file } = make([TABLE], [header(bash), Buffer.concat([header(bash)]), header(key)]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        (changes) => {
          const broken = Buffer.from(file);
          for (const [at, value] of changes) broken.writeUInt8(value, at);
          complaint(() => names(broken));
        },
      ),
    );
  });

  it('ends, whatever bytes are changed in the log', () => {
    const { file, wal } = make([TABLE], [header(bash)], true);
    fc.assert(
      fc.property(fc.nat((wal?.length ?? 1) - 1), fc.nat(255), (at, value) => {
        const broken = Buffer.from(wal ?? []);
        broken.writeUInt8(value, at);
        complaint(() => names(file, broken));
      }),
    );
  });
});

describe('parseRpmHeader', () => {
  it('either reads any bytes or says what is wrong with them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        ['string', 'object'].includes(typeof parseRpmHeader(bytes)),
      ),
    );
    const valid = header(bash);
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.nat(255), (at, value) => {
        const broken = Buffer.from(valid);
        broken.writeUInt8(value, at);
        const result = parseRpmHeader(broken);
        return typeof result === 'string' || result.name !== '';
      }),
    );
  });
});
