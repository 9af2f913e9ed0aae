import { createHash } from 'node:crypto';
import type { Format, FormatResult, Walk } from '../format.ts';
import { compareTable, type TableField } from '../table.ts';

/** Documentation/admin-guide/device-mapper/verity.rst; cryptsetup, lib/verity/verity.c, struct verity_sb. */
const FIELDS: TableField[] = [
  ['uuid', 16, 'uuid'],
  ['algorithm', 32, 'text', 32],
  ['data-block-size', 64, 'u32'],
  ['hash-block-size', 68, 'u32'],
  ['data-blocks', 72, 'u64'],
  ['salt', 88, 'hex', 256],
];
const MAX_BLOCKS = 1 << 20;

/** A tree of hashes behind its superblock: blocks of each level from the top down, and what hashes are made with. */
interface Tree {
  levels: { from: number; blocks: number }[];
  blockSize: number;
  digestSize: number;
  digest: (block: Buffer) => Buffer;
  salt: Buffer;
}

/** @throws where it is cut off, or laid out in a way that is not read here */
function treeOf(bytes: Buffer): Tree {
  const algorithm = bytes.toString('latin1', 32, 64).replace(/\0.*$/s, '');
  const [blockSize, dataBlocks] = [bytes.readUInt32LE(68), Number(bytes.readBigUInt64LE(72))];
  const salt = bytes.subarray(88, 88 + Math.min(256, bytes.readUInt16LE(80)));
  const digest = (block: Buffer): Buffer => createHash(algorithm).update(salt).update(block).digest();
  // Digests are padded to a power of two.
  const digestSize = 2 ** Math.ceil(Math.log2(digest(Buffer.alloc(0)).length));
  const perBlock = Math.floor(blockSize / digestSize);
  if (bytes.readUInt32LE(12) !== 1 || perBlock < 2 || dataBlocks < 1) throw new RangeError('no such tree');
  const sizes: number[] = [];
  for (let left = dataBlocks; left > 1 || sizes.length === 0;) {
    left = Math.ceil(left / perBlock);
    sizes.unshift(left);
  }
  let from = blockSize;
  const levels = sizes.map((blocks) => {
    const level = { from, blocks };
    from += blocks * blockSize;
    return level;
  });
  if (from > bytes.length || from / blockSize > MAX_BLOCKS) throw new RangeError('the tree is cut off');
  return { levels, blockSize, digestSize, digest, salt };
}

/** The file without those hashes that follow from others in it: all but the lowest level, which is made of the data. */
function withoutFollowing(bytes: Buffer, tree: Tree): Buffer {
  const { levels, blockSize, digestSize, digest } = tree;
  const rest = Buffer.from(bytes);
  const perBlock = Math.floor(blockSize / digestSize);
  for (const [at, level] of levels.entries()) {
    const below = levels[at + 1];
    for (let number = 0; below !== undefined && number < below.blocks; number++) {
      const start = below.from + number * blockSize;
      const hash = digest(bytes.subarray(start, start + blockSize));
      const place = level.from + Math.floor(number / perBlock) * blockSize + (number % perBlock) * digestSize;
      if (hash.equals(bytes.subarray(place, place + hash.length))) rest.fill(0, place, place + hash.length);
    }
  }
  return rest;
}

function compare(a: Buffer, b: Buffer, walk: Walk): FormatResult {
  walk.spend(2 * (a.length + b.length));
  const [one, other] = [treeOf(a), treeOf(b)];
  // The root hash is kept elsewhere: in a file beside it, on a command line.
  const top = (bytes: Buffer, { levels, blockSize, salt }: Tree): Buffer => {
    const from = levels[0]?.from ?? 0;
    return Buffer.concat([salt, bytes.subarray(from, from + blockSize)]);
  };
  walk.digest('root hash', top(a, one), top(b, other));
  const { fields = [] } = compareTable(a, b, FIELDS);
  const { windows, differing } = compareTable(withoutFollowing(a, one), withoutFollowing(b, other), FIELDS);
  return {
    fields,
    ...(windows === undefined ? {} : { windows }),
    ...(differing === undefined ? {} : { differing }),
  };
}

/** Hash trees of dm-verity, with a superblock. */
export const verity: Format = {
  name: 'verity',
  detects: (bytes) => bytes.toString('hex', 0, 8) === '7665726974790000',
  compare,
};
