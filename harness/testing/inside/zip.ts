import { crc32, deflateRawSync } from 'node:zlib';

/** Makes zip archives for tests. */

export interface TestZipEntry {
  name: string;
  content: string;
  /** MS-DOS time of day. */
  time?: number;
  attributes?: number;
  extra?: Buffer;
  comment?: string;
  stored?: boolean;
  /** Of the compression, 1 to 9. */
  level?: number;
}

/** As in both headers; of what is streamed, the local one knows neither checksum nor sizes. */
function fields(
  entry: TestZipEntry,
  data: Buffer,
  { streamed, known }: { streamed: boolean; known: boolean },
): number[][] {
  const content = Buffer.from(entry.content);
  const date = (44 << 9) | (1 << 5) | 1;
  return [
    [20, 2],
    [streamed ? 8 : 0, 2],
    [entry.stored === true ? 0 : 8, 2],
    [entry.time ?? 0, 2],
    [date, 2],
    [known ? crc32(content) : 0, 4],
    [known ? data.length : 0, 4],
    [known ? content.length : 0, 4],
    [entry.name.length, 2],
    [entry.extra?.length ?? 0, 2],
  ];
}

function pack(values: number[][]): Buffer {
  return Buffer.concat(
    values.map(([value = 0, size = 2]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntLE(value, 0, size);
      return bytes;
    }),
  );
}

/** @param streamed checksum and sizes stand behind the data, as where the archive was a pipe */
export function zip(entries: TestZipEntry[], comment = '', streamed = false): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const data = entry.stored === true ? content : deflateRawSync(content, { level: entry.level ?? 6 });
    const shared = fields(entry, data, { streamed, known: true });
    const descriptor = pack([
      [0x08074b50, 4],
      [crc32(content), 4],
      [data.length, 4],
      [content.length, 4],
    ]);
    const extra = entry.extra ?? Buffer.alloc(0);
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      pack(fields(entry, data, { streamed, known: !streamed })),
      Buffer.from(entry.name),
      extra,
      data,
      streamed ? descriptor : Buffer.alloc(0),
    ]);
    const tail = [
      [entry.comment?.length ?? 0, 2],
      [0, 2],
      [0, 2],
      [entry.attributes ?? 0, 4],
      [offset, 4],
    ];
    const head = Buffer.concat([Buffer.from('PK\x01\x02'), pack([[0x031e, 2], ...shared, ...tail])]);
    central.push(head, Buffer.from(entry.name), extra, Buffer.from(entry.comment ?? ''));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = [
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
    [directory.length, 4],
    [offset, 4],
    [comment.length, 2],
  ];
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), pack(end), Buffer.from(comment)]);
}
