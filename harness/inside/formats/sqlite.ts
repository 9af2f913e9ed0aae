import { LIMITS } from '../budget.ts';
import { differingFields, type Values } from '../fields.ts';
import { FormatFault, type Format, type FormatResult, type Walk } from '../format.ts';
import { bytesFound, firstDifference } from '../hex.ts';
import type { InsideDiff, InsideField } from '../types.ts';
import { recordValues, SqliteFile, type Row, type SqlValue } from './sqlite-file.ts';
import { tableShape, type TableShape } from './sqlite-schema.ts';

const MAGIC = 'SQLite format 3\0';
/** Section 1.3 of the file format: numbers in the header, by offset and size. */
const HEADER_FIELDS: [name: string, offset: number, size: number][] = [
  ['page-size', 16, 2],
  ['write-version', 18, 1],
  ['read-version', 19, 1],
  ['change-counter', 24, 4],
  ['page-count', 28, 4],
  ['first-free-page', 32, 4],
  ['free-pages', 36, 4],
  ['schema-cookie', 40, 4],
  ['schema-format', 44, 4],
  ['auto-vacuum', 52, 4],
  ['text-encoding', 56, 4],
  ['user-version', 60, 4],
  ['application-id', 68, 4],
  ['version-valid-for', 92, 4],
  ['sqlite-version', 96, 4],
];
const ENCODINGS: Partial<Record<number, Database['encoding']>> = { 1: 'utf8', 2: 'utf16le', 3: 'utf16be' };
/** Shorter bytes are shown as a value; longer ones are looked into. */
const SHORT_BLOB = 64;

interface Table extends TableShape {
  name: string;
  rows: Row[];
}

interface Database {
  header: Values;
  encoding: 'utf8' | 'utf16le' | 'utf16be';
  tables: Map<string, Table>;
}

function text(value: SqlValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : String(value);
}

const SCHEMA: TableShape = { columns: ['type', 'name', 'tbl_name', 'rootpage', 'sql'], rowidColumn: -1 };

function readDatabase(bytes: Buffer): Database {
  const file = new SqliteFile(bytes);
  const header: Values = new Map(
    HEADER_FIELDS.map(([name, offset, size]) => [
      name,
      { text: String(bytes.readUIntBE(offset, size)), offset },
    ]),
  );
  const encoding = ENCODINGS[bytes.readUInt32BE(56)] ?? 'utf8';
  const schema = file.rows(1);
  const tables = new Map<string, Table>();
  tables.set('sqlite_schema', { ...SCHEMA, name: 'sqlite_schema', rows: schema });
  for (const row of schema) {
    const [type, name, , root, sql] = recordValues(row.record, encoding);
    if (type !== 'table' || typeof name !== 'string' || typeof root !== 'bigint' || root === 0n) continue;
    const shape = tableShape(typeof sql === 'string' ? sql : '');
    tables.set(name, { ...shape, name, rows: file.rows(Number(root)) });
  }
  return { header, encoding, tables };
}

/** Values of a row by column; where pages lie is no content. */
function rowValues(table: Table, row: Row, encoding: Database['encoding']): Map<string, SqlValue> {
  const values = recordValues(row.record, encoding);
  const named = values.map((value, number): [string, SqlValue] => {
    const name = table.columns[number] ?? `column ${number + 1}`;
    return [name, number === table.rowidColumn && value === null ? row.rowid : value];
  });
  if (table.name === 'sqlite_schema') return new Map(named.filter(([name]) => name !== 'rootpage'));
  return new Map(named);
}

const asValues = (values: Map<string, SqlValue>): Values =>
  new Map(
    [...values].flatMap(([name, value]) => {
      const shown = text(value);
      return shown === null ? [] : [[name, { text: shown }]];
    }),
  );

class TableDiff {
  readonly #walk: Walk;
  readonly #a: Table;
  readonly #b: Table;
  readonly #encoding: Database['encoding'];
  readonly children: InsideDiff[] = [];

  constructor([a, b]: [Table, Table], encoding: Database['encoding'], walk: Walk) {
    this.#walk = walk;
    this.#a = a;
    this.#b = b;
    this.#encoding = encoding;
  }

  async node(): Promise<InsideDiff | null> {
    const [rowsA, rowsB] = [keyed(this.#a.rows), keyed(this.#b.rows)];
    if (this.#onlyReordered()) {
      const fields = [{ field: 'row-order', offset: null, a: null, b: null }];
      return this.#walk.node('sqlite-table', this.#a.name, { fields });
    }
    for (const [key, a] of rowsA) {
      const b = rowsB.get(key);
      if (b === undefined) this.#alone(key, a, 'removed');
      else if (!a.record.equals(b.record)) await this.#pair(key, a, b);
      if (this.children.length > LIMITS.children) break;
    }
    for (const [key, b] of rowsB) {
      if (this.children.length > LIMITS.children) break;
      if (!rowsA.has(key)) this.#alone(key, b, 'added');
    }
    if (this.children.length === 0) return null;
    return this.#walk.node('sqlite-table', this.#a.name, { children: this.children });
  }

  /** The same rows under other numbers. */
  #onlyReordered(): boolean {
    const sorted = ({ rows }: Table): string[] => rows.map(({ record }) => record.toString('latin1')).sort();
    const inOrder = (row: Row, other: Row | undefined): boolean =>
      row.rowid === other?.rowid && row.record.equals(other.record);
    const { rows: a } = this.#a;
    const { rows: b } = this.#b;
    if (a.length !== b.length || a.every((row, number) => inOrder(row, b[number]))) return false;
    const [one, other] = [sorted(this.#a), sorted(this.#b)];
    return one.every((record, number) => record === other[number]);
  }

  #add(node: InsideDiff | null): void {
    if (node !== null) this.children.push(node);
  }

  #alone(key: string, row: Row, change: 'added' | 'removed'): void {
    const table = change === 'removed' ? this.#a : this.#b;
    const values = asValues(rowValues(table, row, this.#encoding));
    const none: Values = new Map();
    const fields = change === 'removed' ? differingFields(values, none) : differingFields(none, values);
    this.#add(this.#walk.node('sqlite-row', key, { change, fields }));
  }

  async #pair(key: string, a: Row, b: Row): Promise<void> {
    const [one, other] = [rowValues(this.#a, a, this.#encoding), rowValues(this.#b, b, this.#encoding)];
    const children: InsideDiff[] = [];
    for (const [name, value] of one) {
      const next = other.get(name);
      if (!Buffer.isBuffer(value) || !Buffer.isBuffer(next) || value.length < SHORT_BLOB) continue;
      const child = await this.#walk.part(name, value, next);
      if (child !== null) children.push(child);
      one.delete(name);
      other.delete(name);
    }
    const fields: InsideField[] = differingFields(asValues(one), asValues(other));
    if (fields.length + children.length > 0)
      this.#add(this.#walk.node('sqlite-row', key, { fields, children }));
  }
}

/** Rows by rowid; those of a table without one by their whole content. */
function keyed(rows: readonly Row[]): Map<string, Row> {
  return new Map(
    rows.map((row) => [row.rowid === null ? `key ${row.record.toString('hex')}` : `rowid ${row.rowid}`, row]),
  );
}

async function compareTables(a: Database, b: Database, walk: Walk): Promise<InsideDiff[]> {
  const children: InsideDiff[] = [];
  const add = (node: InsideDiff | null): void => {
    if (node !== null) children.push(node);
  };
  for (const [name, one] of a.tables) {
    const other = b.tables.get(name);
    if (other === undefined) add(walk.node('sqlite-table', name, { change: 'removed' }));
    else add(await new TableDiff([one, other], a.encoding, walk).node());
  }
  for (const name of b.tables.keys()) {
    if (!a.tables.has(name)) add(walk.node('sqlite-table', name, { change: 'added' }));
  }
  return children;
}

/** The same rows, but pages hold them otherwise, or unused space holds something else. */
function layoutFields(a: Buffer, b: Buffer, pageSize: number): InsideField[] {
  const pages = Math.ceil(Math.max(a.length, b.length) / pageSize);
  const differing = Array.from({ length: pages }, (_, number) => number).filter((number) => {
    const [from, to] = [Math.max(100, number * pageSize), (number + 1) * pageSize];
    return !a.subarray(from, to).equals(b.subarray(from, to));
  });
  if (differing.length === 0) return [];
  const offset = firstDifference(a, b, 100);
  const shown = `${differing.length} of ${pages} pages differ`;
  return [{ field: 'page-layout', offset, a: shown, b: shown }];
}

async function compare(bytesA: Buffer, bytesB: Buffer, walk: Walk): Promise<FormatResult> {
  const [a, b] = [readDatabase(bytesA), readDatabase(bytesB)];
  if (a.encoding !== b.encoding) throw new FormatFault('texts of another encoding');
  const fields = differingFields(a.header, b.header);
  const children = await compareTables(a, b, walk);
  if (children.length > 0) return { fields, children };
  const layout = layoutFields(bytesA, bytesB, new SqliteFile(bytesA).pageSize);
  const windows = layout.length === 0 ? {} : bytesFound(bytesA, bytesB);
  return { fields: [...fields, ...layout], ...windows };
}

/** SQLite databases by their rows. */
export const sqlite: Format = {
  name: 'sqlite',
  detects: (bytes) => bytes.length >= 512 && bytes.toString('latin1', 0, 16) === MAGIC,
  compare,
};

function walValues(bytes: Buffer): Values {
  const pageSize = bytes.readUInt32BE(8);
  const word = (at: number): string => bytes.toString('hex', at, at + 4);
  return new Map([
    ['page-size', { text: String(pageSize), offset: 8 }],
    ['checkpoint', { text: String(bytes.readUInt32BE(12)), offset: 12 }],
    ['salt-1', { text: word(16), offset: 16 }],
    ['salt-2', { text: word(20), offset: 20 }],
    ['frames', { text: String(Math.floor((bytes.length - 32) / (pageSize + 24))) }],
  ]);
}

/** Section 4.1: the header of a write-ahead log; its frames repeat the salts in every checksum. */
export const sqliteWal: Format = {
  name: 'sqlite-wal',
  detects: (bytes) => bytes.length >= 32 && (bytes.readUInt32BE(0) & ~1) >>> 0 === 0x377f0682,
  compare: (a, b) => ({
    fields: differingFields(walValues(a), walValues(b)),
    ...bytesFound(a.subarray(32), b.subarray(32)),
  }),
};
