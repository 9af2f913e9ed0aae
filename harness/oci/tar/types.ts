export type EntryType = 'file' | 'hardlink' | 'symlink' | 'chardev' | 'blockdev' | 'dir' | 'fifo';

/** Which form the header is written in: 7th edition Unix, POSIX.1-1988, star, GNU, POSIX.1-2001. */
export type Dialect = 'v7' | 'ustar' | 'star' | 'gnu' | 'pax';

/** Seconds since 1970 (may be negative) and nanoseconds, 0 to 999,999,999. */
export interface Time {
  seconds: number;
  nanoseconds: number;
}

/** One entry of a tar archive with all that its headers say. Names are binary strings (see names.ts). */
export interface TarEntry {
  /** As it stands in the archive. */
  name: string;
  type: EntryType;
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  uname: string;
  gname: string;
  /** Bytes of content; of a sparse file with its holes. */
  size: number;
  mtime: Time;
  atime: Time | null;
  ctime: Time | null;
  /** Target of a hard or symbolic link. */
  linkname: string;
  /** Numbers of a device, else null. */
  device: { major: number; minor: number } | null;
  /** Extended attributes, values as raw bytes; null when there are none. */
  xattrs: Map<string, Buffer> | null;
  dialect: Dialect;
  /** CRC-32 of all header blocks, and of padding that is not zeros: tells, once nothing else differs, that the header is written otherwise. */
  headerCrc: number;
}

/** Receives a tar archive as it streams by. Content arrives in pieces that are only valid during the call. */
export interface TarHandler {
  /** Each block in front of an entry's content as it stands: extended headers with their content, the header, a sparse map. */
  header?(block: Buffer): void;
  /** What follows the content up to the next block. */
  padding?(piece: Buffer): void;
  /**
   * @param typeflag what stands in the header for its type
   * @returns true when the content is wanted
   */
  entry(entry: TarEntry, typeflag: string): boolean;
  data(piece: Buffer): void;
  /** The entry, its padding included, is over; `headerCrc` is final only now. */
  entryEnd(): void;
  /** Bytes after the last entry: extended headers that no entry follows, the end marker, whatever somebody put there. */
  trailer(piece: Buffer): void;
}
