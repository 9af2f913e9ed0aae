import type { RawHeader } from './header.ts';
import { decimal, paxTime, TarFault, TarUnsupported } from './numbers.ts';
import { override, paxXattrs, type PaxRecords } from './pax.ts';
import type { EntryType, TarEntry, Time } from './types.ts';

const TYPES: Partial<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'chardev',
  '4': 'blockdev',
  '5': 'dir',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

/** Known to tar programs, unknown to layers. GNU tar manual, "Basic Tar Format"; Solaris `A`, `X`. */
const NAMED: Partial<Record<string, string>> = {
  A: 'an access control list',
  D: 'a listing of a directory',
  M: 'a file continued from another volume',
  N: 'a list of long names',
  V: 'a volume label',
  X: 'an extended header of Solaris',
};

/** What stood in front of a header block and belongs to it. */
export interface Extensions {
  pax: PaxRecords;
  longName: string | null;
  longLink: string | null;
}

function mapped<T>(value: string | undefined, parse: (text: string) => T, fallback: T): T {
  return value === undefined ? fallback : parse(value);
}

function entryType(header: RawHeader, name: string): EntryType {
  const type = TYPES[header.typeflag];
  if (type === undefined) {
    const named = NAMED[header.typeflag];
    if (named !== undefined) throw new TarUnsupported(`${named} (an entry of type "${header.typeflag}")`);
    throw new TarFault(`an entry of type "${header.typeflag}" cannot be in a layer`);
  }
  // Archives from before directories had a type of their own.
  return header.typeflag === '\0' && name.endsWith('/') ? 'dir' : type;
}

/** Bytes of content that follow the header in the archive. */
export function storedSize(header: RawHeader, pax: PaxRecords, type: EntryType): number {
  const size = mapped(override(pax, 'size'), decimal, header.size);
  if (type === 'file' && size < 0) throw new TarFault('negative size');
  return type === 'file' ? size : 0;
}

function whole(seconds: number): Time {
  return { seconds, nanoseconds: 0 };
}

/**
 * Lays extended headers over the header block as Go's reader does, with which engines unpack: records that it leaves out
 * (`SCHILY.devmajor`, `LIBARCHIVE.xattr.…`, `RHT.security.selinux` …) change nothing but the header.
 * `size` is the stored size; sparse files get their own size and name later.
 * @throws TarFault
 */
export function makeEntry(header: RawHeader, extensions: Extensions, headerCrc: number): TarEntry {
  const { pax } = extensions;
  const name = extensions.longName ?? override(pax, 'path') ?? header.name;
  const linkname = extensions.longLink ?? override(pax, 'linkpath') ?? header.linkname;
  const type = entryType(header, name);
  const isDevice = type === 'chardev' || type === 'blockdev';
  return {
    name,
    type,
    // Old Go writers put the file type into the mode as well; it says nothing of its own.
    mode: header.mode & 0o7777,
    uid: mapped(override(pax, 'uid'), decimal, header.uid),
    gid: mapped(override(pax, 'gid'), decimal, header.gid),
    uname: override(pax, 'uname') ?? header.uname,
    gname: override(pax, 'gname') ?? header.gname,
    size: storedSize(header, pax, type),
    mtime: mapped(override(pax, 'mtime'), paxTime, whole(header.mtime)),
    atime: mapped<Time | null>(override(pax, 'atime'), paxTime, header.atime),
    ctime: mapped<Time | null>(override(pax, 'ctime'), paxTime, header.ctime),
    linkname: type === 'hardlink' || type === 'symlink' ? linkname : '',
    device: isDevice ? { major: header.major, minor: header.minor } : null,
    xattrs: paxXattrs(pax),
    dialect: pax.length > 0 ? 'pax' : header.dialect,
    headerCrc,
  };
}
