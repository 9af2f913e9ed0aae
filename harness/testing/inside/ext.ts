/** Makes a small file system of ext2's form for tests; independent of the reader on purpose. */

const BLOCK = 1024;
/** Blocks: superblock, group descriptors, table of inodes, a directory, a file. */
const [SUPER, GROUPS, INODES, FOLDER, FILE] = [1, 2, 3, 5, 6];
const INODE = 128;

export interface TestExt {
  uuid?: string;
  /** Of the one inode that is in use; seconds. */
  time?: number;
  content?: string;
  mode?: number;
  /** Checksums as they follow from all that: any number. */
  sums?: number;
}

export function ext({
  uuid = 'u'.repeat(16),
  time = 1,
  content = 'text',
  mode = 0o100644,
  sums = 0,
}: TestExt = {}): Buffer {
  const bytes = Buffer.alloc(8 * BLOCK);
  const [top, groups, inode] = [SUPER * BLOCK, GROUPS * BLOCK, INODES * BLOCK + INODE];
  for (const [at, value] of [
    [0x0, 16],
    [0x4, 8],
    [0x14, 1],
    [0x20, 8192],
    [0x28, 16],
    [0x64, 1],
    [0x3fc, sums],
  ] as const)
    bytes.writeUInt32LE(value, top + at);
  bytes.writeUInt16LE(0xef53, top + 0x38);
  bytes.writeUInt16LE(INODE, top + 0x58);
  bytes.write(uuid, top + 0x68);
  bytes.writeUInt32LE(INODES, groups + 8);
  bytes.writeUInt16LE(sums & 0xffff, groups + 0x1e);
  bytes.writeUInt16LE(mode, inode);
  bytes.writeUInt32LE(time, inode + 0x10);
  bytes.writeUInt16LE(sums & 0xffff, inode + 0x7c);
  bytes.writeUInt32LE(0xde00000c, (FOLDER + 1) * BLOCK - 8);
  bytes.writeUInt32LE(sums, (FOLDER + 1) * BLOCK - 4);
  bytes.write(content, FILE * BLOCK);
  return bytes;
}
