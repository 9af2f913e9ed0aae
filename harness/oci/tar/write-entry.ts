import { filePadding } from './write.ts';
import type { EntryType, TarEntry } from './types.ts';

const BLOCK = 512;
const NAME = 100;
const FLAGS: Record<EntryType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  chardev: '3',
  blockdev: '4',
  dir: '5',
  fifo: '6',
};
/** Linux keeps no other mode for a symbolic link: symlink(7). */
const LINK_MODE = 0o777;

/** What a header says; times and names of owners are not taken over. */
type Written = Pick<
  TarEntry,
  'name' | 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'linkname' | 'device' | 'xattrs' | 'mtime'
>;

/**
 * The headers of an entry as engines unpack it: what they do not look at, and what Linux keeps nowhere, is not in it. So
 * neither the mode of a symbolic link is, nor a user's attribute of what is neither file nor folder (xattr(7)).
 * In GNU's form, in which names are bytes and numbers have any size; extended attributes come before it in PAX's.
 */
export function entryHeaders(entry: Written): Buffer {
  const { name, type, linkname, mode, uid, gid, mtime, device } = entry;
  const attributes = attributesOf(entry);
  const block = headerBlock({
    ...{ name, linkname, flag: FLAGS[type], mode: type === 'symlink' ? LINK_MODE : mode },
    ...{ uid, gid, mtime: mtime.seconds, size: contentSize(entry) },
    ...(device === null ? {} : { major: device.major, minor: device.minor }),
  });
  return Buffer.concat([
    ...(attributes.length === 0 ? [] : [extension('x', attributes)]),
    ...(linkname.length > NAME ? [extension('K', Buffer.from(`${linkname}\0`, 'latin1'))] : []),
    ...(name.length > NAME ? [extension('L', Buffer.from(`${name}\0`, 'latin1'))] : []),
    block,
  ]);
}

/** Bytes of content that follow the headers. */
export const contentSize = ({ type, size }: Pick<Written, 'type' | 'size'>): number =>
  type === 'file' ? size : 0;

/** What comes after the content: the rest of its last block. */
export const entryPadding = (entry: Pick<Written, 'type' | 'size'>): Buffer =>
  filePadding(contentSize(entry));

function attributesOf({ type, xattrs }: Written): Buffer {
  const own = type === 'file' || type === 'dir';
  const kept = [...(xattrs ?? [])].filter(([key]) => own || !key.startsWith('user.'));
  return Buffer.concat(kept.map(([key, value]) => paxRecord(`SCHILY.xattr.${key}`, value)));
}

/** `LENGTH KEY=VALUE LF`, the length counting itself. Source: pax(1), "pax Extended Header". */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function extension(flag: 'x' | 'K' | 'L', payload: Buffer): Buffer {
  const name = flag === 'x' ? 'PaxHeaders/x' : '././@LongLink';
  return Buffer.concat([
    headerBlock({ name, flag, size: payload.length }),
    payload,
    filePadding(payload.length),
  ]);
}

interface Fields {
  name: string;
  flag: string;
  size: number;
  linkname?: string;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  major?: number;
  minor?: number;
}

function headerBlock({
  name,
  flag,
  size,
  linkname = '',
  mode = 0,
  uid = 0,
  gid = 0,
  ...rest
}: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name.slice(0, NAME), 0, 'latin1');
  writeNumber(block, mode, 100, 8);
  writeNumber(block, uid, 108, 8);
  writeNumber(block, gid, 116, 8);
  writeNumber(block, size, 124, 12);
  writeNumber(block, rest.mtime ?? 0, 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(flag, 156, 'latin1');
  block.write(linkname.slice(0, NAME), 157, 'latin1');
  block.write('ustar  \0', 257, 'latin1');
  writeNumber(block, rest.major ?? 0, 329, 8);
  writeNumber(block, rest.minor ?? 0, 337, 8);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Octal digits; where they do not suffice, a number in two's complement whose first bit is set. Source: GNU tar, "Basic Tar Format". */
function writeNumber(block: Buffer, value: number, at: number, length: number): void {
  if (value >= 0 && value < 8 ** (length - 1)) {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
    return;
  }
  let rest = BigInt.asUintN(8 * length, BigInt(value));
  for (let index = length - 1; index >= 0; index--) {
    block[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[at] = (block[at] ?? 0) | 0x80;
}
