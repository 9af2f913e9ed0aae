/** What a header of the builder's own layer says. Names are binary strings: one character a byte. */
export interface TarHeader {
  name: string;
  type: 'file' | 'hardlink' | 'symlink' | 'dir';
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  linkname: string;
}

export const BLOCK = 512;

const FLAGS = { file: '0', hardlink: '1', symlink: '2', dir: '5' } as const;

/** Header blocks of one entry, POSIX.1-2001 pax where ustar's fields are too short (pax(1), "ustar Interchange Format"). */
export function tarHeader(header: TarHeader): Buffer {
  const records = [
    ...(header.name.length > 100 ? [paxRecord('path', header.name)] : []),
    ...(header.linkname.length > 100 ? [paxRecord('linkpath', header.linkname)] : []),
  ];
  const main = block(header, FLAGS[header.type]);
  if (records.length === 0) return main;
  const body = Buffer.concat(records);
  const extension = {
    ...header,
    name: 'PaxHeaders/entry',
    type: 'file' as const,
    size: body.length,
    linkname: '',
  };
  return Buffer.concat([block(extension, 'x'), padded(body), main]);
}

/** Zeros that fill the last block of `size` bytes. */
export const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** The two zero blocks that end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, padding(bytes.length)]);

function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  // The length counts its own digits.
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, 'latin1');
}

function block(header: TarHeader, flag: string): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, width, 'latin1');
  };
  bytes.write(header.name.slice(0, 100), 0, 'latin1');
  octal(header.mode, 100, 8);
  octal(header.uid, 108, 8);
  octal(header.gid, 116, 8);
  octal(header.size, 124, 12);
  octal(header.mtime, 136, 12);
  bytes.write('        ', 148, 'latin1');
  bytes.write(flag, 156, 'latin1');
  bytes.write(header.linkname.slice(0, 100), 157, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
