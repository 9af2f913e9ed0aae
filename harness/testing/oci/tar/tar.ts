/** Makes tar archives for tests, in every dialect; independent of the reader on purpose. */

export interface TestEntry {
  name: string;
  type?: 'file' | 'hardlink' | 'symlink' | 'chardev' | 'blockdev' | 'dir' | 'fifo';
  mode?: number;
  uid?: number;
  gid?: number;
  uname?: string;
  gname?: string;
  /** Seconds; may have a fraction (as text, to be exact). */
  mtime?: string;
  atime?: string;
  ctime?: string;
  linkname?: string;
  major?: number;
  minor?: number;
  content?: string | Buffer;
  xattrs?: Record<string, string>;
  /** Size in the header, where the content is written apart. */
  size?: number;
  /** Overrides the type flag. */
  flag?: string;
}

export type TestDialect = 'v7' | 'ustar' | 'star' | 'gnu' | 'pax';

const FLAGS = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  chardev: '3',
  blockdev: '4',
  dir: '5',
  fifo: '6',
} as const;

export interface HeaderFields {
  name: Buffer;
  flag: string;
  mode?: number;
  uid?: number;
  gid?: number;
  size?: number;
  mtime?: number;
  linkname?: Buffer;
  uname?: string;
  gname?: string;
  major?: number;
  minor?: number;
  atime?: number;
  ctime?: number;
}

function number(block: Buffer, value: number, at: number, length: number): void {
  if (value >= 0 && value < 8 ** (length - 1)) {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
    return;
  }
  let rest = BigInt.asUintN(8 * length, BigInt(value));
  for (let index = length - 1; index >= 0; index--) {
    block[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[at] = value < 0 ? 0xff : (block[at] ?? 0) | 0x80;
}

/** Writes the checksum that belongs to a header block. */
export function sealed(block: Buffer): Buffer {
  block.write('        ', 148, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** One header block; names are cut at 100 bytes, as all dialects have it. */
export function header(fields: HeaderFields, dialect: TestDialect): Buffer {
  const block = Buffer.alloc(512);
  fields.name.copy(block, 0, 0, 100);
  number(block, fields.mode ?? 0o644, 100, 8);
  number(block, fields.uid ?? 0, 108, 8);
  number(block, fields.gid ?? 0, 116, 8);
  number(block, fields.size ?? 0, 124, 12);
  number(block, fields.mtime ?? 0, 136, 12);
  block.write(fields.flag, 156, 'latin1');
  fields.linkname?.copy(block, 157, 0, 100);
  if (dialect === 'v7') return sealed(block);
  block.write(dialect === 'gnu' ? 'ustar  \0' : 'ustar\x0000', 257, 'latin1');
  block.write(fields.uname ?? '', 265, 'latin1');
  block.write(fields.gname ?? '', 297, 'latin1');
  number(block, fields.major ?? 0, 329, 8);
  number(block, fields.minor ?? 0, 337, 8);
  const times = dialect === 'gnu' ? ([345, 357] as const) : dialect === 'star' ? ([476, 488] as const) : null;
  if (times !== null && fields.atime !== undefined) number(block, fields.atime, times[0], 12);
  if (times !== null && fields.ctime !== undefined) number(block, fields.ctime, times[1], 12);
  if (dialect === 'star') block.write('tar\0', 508, 'latin1');
  return sealed(block);
}

export function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** `<length> <key>=<value>\n`, the length counting itself. */
export function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

export function extension(flag: string, payload: Buffer, dialect: TestDialect): Buffer {
  const name = Buffer.from(flag === 'x' || flag === 'g' ? 'PaxHeaders/x' : '././@LongLink');
  return Buffer.concat([header({ name, flag, size: payload.length }, dialect), padded(payload)]);
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

function paxHeader(entry: TestEntry): Buffer {
  const records: Buffer[] = [];
  if (entry.name.length > 100) records.push(paxRecord('path', latin(entry.name)));
  if ((entry.linkname ?? '').length > 100) records.push(paxRecord('linkpath', latin(entry.linkname ?? '')));
  for (const key of ['uid', 'gid'] as const) {
    if ((entry[key] ?? 0) >= 8 ** 7) records.push(paxRecord(key, latin(String(entry[key]))));
  }
  // All of them, so that a fraction alone does not change the dialect.
  records.push(paxRecord('mtime', latin(entry.mtime ?? '0')));
  if (entry.atime !== undefined) records.push(paxRecord('atime', latin(entry.atime)));
  if (entry.ctime !== undefined) records.push(paxRecord('ctime', latin(entry.ctime)));
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) {
    records.push(paxRecord(`SCHILY.xattr.${name}`, latin(value)));
  }
  return extension('x', Buffer.concat(records), 'pax');
}

function gnuLongNames(entry: TestEntry): Buffer[] {
  const parts: Buffer[] = [];
  if (entry.name.length > 100) parts.push(extension('L', latin(`${entry.name}\0`), 'gnu'));
  if ((entry.linkname ?? '').length > 100)
    parts.push(extension('K', latin(`${entry.linkname ?? ''}\0`), 'gnu'));
  return parts;
}

/** One entry with all its headers and content. Names are binary strings. */
export function tarEntry(entry: TestEntry, dialect: TestDialect): Buffer {
  const content =
    typeof entry.content === 'string' ? latin(entry.content) : (entry.content ?? Buffer.alloc(0));
  const fits = (value: number | undefined): number =>
    dialect === 'pax' && (value ?? 0) >= 8 ** 7 ? 0 : (value ?? 0);
  const fields: HeaderFields = {
    name: latin(entry.name),
    flag: entry.flag ?? FLAGS[entry.type ?? 'file'],
    mode: entry.mode ?? 0o644,
    uid: fits(entry.uid),
    gid: fits(entry.gid),
    size: entry.size ?? content.length,
    mtime: Math.trunc(Number(entry.mtime ?? '0')),
    linkname: latin(entry.linkname ?? ''),
    uname: entry.uname ?? '',
    gname: entry.gname ?? '',
    major: entry.major ?? 0,
    minor: entry.minor ?? 0,
    ...(entry.atime === undefined ? {} : { atime: Number(entry.atime) }),
    ...(entry.ctime === undefined ? {} : { ctime: Number(entry.ctime) }),
  };
  const before = dialect === 'pax' ? [paxHeader(entry)] : dialect === 'gnu' ? gnuLongNames(entry) : [];
  return Buffer.concat([...before, header(fields, dialect), padded(content)]);
}

export const END = Buffer.alloc(1024);

export function tar(entries: readonly TestEntry[], dialect: TestDialect = 'pax'): Buffer {
  return Buffer.concat([...entries.map((entry) => tarEntry(entry, dialect)), END]);
}
