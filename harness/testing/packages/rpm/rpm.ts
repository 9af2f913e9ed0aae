import { DatabaseSync } from 'node:sqlite';

/** Makes rpm headers and databases for tests; independent of the readers on purpose. */

/** 4: 32-bit numbers, 6: a string, 8: strings, 7: bytes. */
export type TestTag = [tag: number, type: 4 | 6 | 7 | 8, values: (string | number)[] | Buffer];

/** A header as the database stores it, without the magic of a package. */
export function rpmHeader(tags: TestTag[]): Buffer {
  const index: number[] = [];
  let data: Buffer = Buffer.alloc(0);
  for (const [tag, type, values] of tags) {
    if (type === 4) data = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
    index.push(tag, type, data.length, values.length);
    const parts = Buffer.isBuffer(values)
      ? [values]
      : values.map((value) => {
          if (typeof value === 'string') return Buffer.from(`${value}\0`, 'latin1');
          const number = Buffer.alloc(4);
          number.writeUInt32BE(value);
          return number;
        });
    data = Buffer.concat([data, ...parts]);
  }
  const head = Buffer.alloc(8 + index.length * 4);
  [tags.length, data.length, ...index].forEach((word, at) => head.writeUInt32BE(word, at * 4));
  return Buffer.concat([head, data]);
}

/** An .rpm: lead, signatures, header, and something for a payload. */
export function rpmFile(header: Buffer, signature = ''): Buffer {
  const magic = Buffer.from('8eade80100000000', 'hex');
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb);
  const signed = Buffer.concat([lead, magic, rpmHeader([[1000, 6, [signature]]])]);
  const filling = Buffer.alloc((8 - (signed.length % 8)) % 8);
  return Buffer.concat([signed, filling, magic, header, Buffer.from('payload.')]);
}

/** A database in SQLite that holds these headers. */
export function rpmDatabase(headers: Buffer[]): Buffer {
  const database = new DatabaseSync(':memory:');
  database.exec("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)");
  for (const header of headers) database.prepare('INSERT INTO Packages (blob) VALUES (?)').run(header);
  const bytes = Buffer.from(database.serialize());
  database.close();
  return bytes;
}
