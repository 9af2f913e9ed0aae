/** A named field of a known format that differs, such as `mtime` of a gzip header or `build-id` of an ELF file. */
export interface InsideField {
  field: string;
  /** Where it stands in the part, in bytes; null where that says nothing (a row of a table). */
  offset: number | null;
  /** Value as people write it (a time as ISO 8601, bytes as hex); null when it is not there. */
  a: string | null;
  b: string | null;
}

/** Bytes around one of the first differences, at most 64 a side. */
export interface HexWindow {
  offset: number;
  /** Hex. */
  a: string;
  b: string;
}

/** A digest as it stands in A and in B, and whose it is: path of the file, and the parts that lead to it. */
export interface Followed {
  a: string;
  b: string;
  of: string;
}

/** A limit that cut the look inside short; what it says is then not all there is. */
export type InsideLimit = 'depth' | 'size' | 'time' | 'count';

/**
 * How two contents of one path differ: a tree that goes down through containers (gzip, tar, zip, ELF …) to what
 * differs in them. A node that names nothing in `fields`, `children`, `diff` and `windows` differs as a whole.
 */
export interface InsideDiff {
  /** What both were read as: `text`, `gzip`, `tar`, `elf`, `sqlite` …; `bytes` when nothing better is known. */
  format: string;
  /** Which part of its parent: a member, section, table, record …; empty for the file itself. */
  part: string;
  /** Whether the part is in both. */
  change: 'added' | 'removed' | 'changed';
  fields: InsideField[];
  children: InsideDiff[];
  /** Unified text, bounded. */
  diff?: string;
  windows?: HexWindow[];
  /** How many bytes differ at their places, where `windows` shows the first of them. */
  differing?: number;
  /** Digests among what differs that are those of another content that differs: they follow from it. */
  follows?: Followed[];
  limits?: InsideLimit[];
  /** Members that are not listed: they were looked at, and differ in nothing but the same fields as some that are. */
  more?: number;
}
