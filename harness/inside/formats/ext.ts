import type { Values } from '../fields.ts';
import { timeValue } from '../fields.ts';

/** Of the superblock, which begins here; Documentation/filesystems/ext4. */
const SUPERBLOCK = 1024;
const MAX_GROUPS = 4096;
const MAX_COPIES = 256;
const META_BG = 0x10;
const WIDE = 0x80;
const SPARSE = 0x1;
/** Of a superblock: mount and write time, check time, UUID, journal's UUID, hash seed, mkfs time, checksum. */
const IDENTITY = [
  [0x2c, 8],
  [0x40, 4],
  [0x68, 16],
  [0xd0, 16],
  [0xec, 16],
  [0x108, 4],
  [0x3fc, 4],
] as const;
/** Of a group descriptor: checksums, low and high halves. */
const DESCRIPTOR_SUMS = [
  [0x18, 4],
  [0x1e, 2],
  [0x38, 4],
] as const;
/** Of an inode: access, change, modification and deletion time; generation; checksum; finer and creation times. */
const INODE_TIMES = [
  [0x8, 16],
  [0x84, 20],
] as const;
const INODE_SUMS = [
  [0x64, 4],
  [0x7c, 2],
  [0x82, 2],
] as const;

interface Layout {
  blockSize: number;
  firstBlock: number;
  blocksPerGroup: number;
  groups: number;
  descriptorSize: number;
  inodesPerGroup: number;
  inodeSize: number;
  sparse: boolean;
}

/** @throws RangeError; null where groups are described in a way that is not read here */
function layoutOf(bytes: Buffer): Layout | null {
  const word = (at: number): number => bytes.readUInt32LE(SUPERBLOCK + at);
  const [incompatible, blocksPerGroup, inodesPerGroup] = [word(0x60), word(0x20), word(0x28)];
  const [exponent, firstBlock] = [word(0x18), word(0x14)];
  const inodeSize = bytes.readUInt16LE(SUPERBLOCK + 0x58);
  if (exponent > 6 || blocksPerGroup === 0 || inodeSize < 128 || (incompatible & META_BG) !== 0) return null;
  const groups = Math.ceil((word(0x4) - firstBlock) / blocksPerGroup);
  if (groups < 1 || groups > MAX_GROUPS) return null;
  const descriptorSize = (incompatible & WIDE) === 0 ? 32 : bytes.readUInt16LE(SUPERBLOCK + 0xfe);
  if (descriptorSize < 32) return null;
  const sparse = (word(0x64) & SPARSE) !== 0;
  // Tables that lie over each other, and copies without end, are no file system.
  if (groups * inodesPerGroup * inodeSize > bytes.length || (!sparse && groups > MAX_COPIES)) return null;
  return {
    blockSize: 1024 << exponent,
    firstBlock,
    blocksPerGroup,
    groups,
    descriptorSize,
    inodesPerGroup,
    inodeSize,
    sparse,
  };
}

function isPowerOf(base: number, number: number): boolean {
  let power = base;
  while (power < number) power *= base;
  return power === number;
}

const hasBackup = (group: number, { sparse }: Layout): boolean =>
  !sparse || group <= 1 || [3, 5, 7].some((base) => isPowerOf(base, group));

type Ranges = readonly (readonly [from: number, length: number])[];

function blank(bytes: Buffer, at: number, ranges: Ranges): void {
  for (const [from, length] of ranges)
    bytes.fill(0, Math.min(bytes.length, at + from), Math.min(bytes.length, at + from + length));
}

/** Checksums of the blocks that have one at their own place: directories, extents, attributes, the journal's superblock. */
function blankBlock(bytes: Buffer, at: number, blockSize: number): void {
  const end = at + blockSize;
  if (bytes.readUInt32LE(end - 12) === 0 && bytes.readUInt32LE(end - 8) === 0xde00000c)
    bytes.fill(0, end - 4, end);
  const magic = bytes.readUInt32BE(at);
  if (magic === 0xc03b3998)
    blank(bytes, at, [
      [0x30, 16],
      [0xfc, 4],
    ]);
  else if (magic === 0x000002ea) blank(bytes, at, [[0x10, 4]]);
  else if (magic >>> 16 === 0x0af3) blank(bytes, at + 12 + 12 * bytes.readUInt16LE(at + 4), [[0, 4]]);
}

/** The first time of an inode, by number of the inode, that is not that of the other image is shown. */
function inodeTimes(bytes: Buffer, at: number, number: number, values: Values): void {
  const time = bytes.readUInt32LE(at + 0x10);
  if (bytes.readUInt16LE(at) !== 0)
    values.set(`inode ${number} time`, { text: timeValue(time), offset: at + 0x10 });
}

/** Times of inodes, and the image without them, without its identity and without the checksums that follow from both. */
export interface ExtIdentity {
  values: Values;
  rest: Buffer;
}

/** Null where it is laid out in another way. @throws RangeError where it is cut off */
export function extIdentity(bytes: Buffer): ExtIdentity | null {
  const layout = layoutOf(bytes);
  if (layout === null) return null;
  const { blockSize, firstBlock, blocksPerGroup, groups, descriptorSize, inodesPerGroup, inodeSize } = layout;
  const rest = Buffer.from(bytes);
  const values: Values = new Map();
  const table = (firstBlock + 1) * blockSize;
  for (let group = 0; group < groups; group++) {
    const start = (firstBlock + group * blocksPerGroup) * blockSize;
    if (hasBackup(group, layout)) {
      blank(rest, group === 0 ? SUPERBLOCK : start, IDENTITY);
      for (let each = 0; each < groups; each++)
        blank(
          rest,
          start + blockSize + each * descriptorSize,
          descriptorSize < 64 ? DESCRIPTOR_SUMS.slice(0, 2) : DESCRIPTOR_SUMS,
        );
    }
    const inodes = bytes.readUInt32LE(table + group * descriptorSize + 8) * blockSize;
    for (let each = 0; each < inodesPerGroup; each++) {
      const at = inodes + each * inodeSize;
      if (at + inodeSize > bytes.length) return null;
      inodeTimes(bytes, at, group * inodesPerGroup + each + 1, values);
      const ranges = [...INODE_TIMES, ...INODE_SUMS];
      blank(rest, at, inodeSize > 128 ? ranges : ranges.filter(([from]) => from < 0x80));
    }
  }
  for (let at = 0; at + blockSize <= rest.length; at += blockSize) blankBlock(rest, at, blockSize);
  return { values, rest };
}
