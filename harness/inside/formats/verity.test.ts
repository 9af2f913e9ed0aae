import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { lookInside } from '../look.ts';
import { Budget } from '../budget.ts';
import { Digests } from '../digests.ts';
import { reported, look } from '../../testing/inside/inside.ts';

const BLOCK = 512;
const PER_BLOCK = BLOCK / 32;

/** A hash tree as veritysetup(8) writes it, over blocks that are all of one byte. */
function tree(salt: string, data: readonly number[]): { file: Buffer; root: string } {
  const salted = Buffer.from(salt, 'hex');
  const hash = (block: Buffer): Buffer => createHash('sha256').update(salted).update(block).digest();
  let hashes = data.map((byte) => hash(Buffer.alloc(BLOCK, byte)));
  const levels: Buffer[] = [];
  for (;;) {
    const blocks = Array.from({ length: Math.ceil(hashes.length / PER_BLOCK) }, (_, at) => {
      const block = Buffer.alloc(BLOCK);
      Buffer.concat(hashes.slice(at * PER_BLOCK, (at + 1) * PER_BLOCK)).copy(block);
      return block;
    });
    levels.unshift(Buffer.concat(blocks));
    hashes = blocks.map(hash);
    if (blocks.length === 1) break;
  }
  const head = Buffer.alloc(BLOCK);
  head.write('verity\0\0', 'latin1');
  head.writeUInt32LE(1, 8);
  head.writeUInt32LE(1, 12);
  head.write('sha256', 32, 'latin1');
  head.writeUInt32LE(BLOCK, 64);
  head.writeUInt32LE(BLOCK, 68);
  head.writeBigUInt64LE(BigInt(data.length), 72);
  head.writeUInt16LE(salted.length, 80);
  salted.copy(head, 88);
  return { file: Buffer.concat([head, ...levels]), root: hashes[0]?.toString('hex') ?? '' };
}

const data = Array.from({ length: 40 }, (_, at) => at);
const changed = data.with(20, 99);

test('hashes of hashes follow, those of the data are shown', async () => {
  const [a, b] = [tree('00ff', data).file, tree('00ff', changed).file];
  const node = await look(a, b);
  expect(reported(node)).toEqual(['verity bytes']);
  // The superblock, the root and three blocks of hashes of data: of those the second one differs in one hash.
  expect(node?.windows?.every(({ offset }) => offset >= 3 * BLOCK && offset < 4 * BLOCK)).toBe(true);
});

test('the salt is named, and a root hash elsewhere follows from the tree', async () => {
  const [a, b] = [tree('00ff', data), tree('01ff', data)];
  const digests = new Digests();
  const node = await lookInside(a.file, b.file, new Budget(), { path: 'x.verity', digests });
  expect(node?.fields.map(({ field }) => field)).toEqual(['salt']);
  const root = await lookInside(Buffer.from(`${a.root}\n`), Buffer.from(`${b.root}\n`), new Budget());
  if (root === null) throw new Error('equal');
  expect(digests.marked(root, 'x.roothash').follows?.map(({ of }) => of)).toEqual(['x.verity > root hash']);
});

test('a tree that is cut off, or of blocks without size, is shown as bytes', async () => {
  const { file } = tree('00ff', data);
  expect(reported(await look(file.subarray(0, 700), file.subarray(0, 701)))).toEqual(['bytes bytes']);
  const [none, other] = [Buffer.from(file), Buffer.from(file)];
  none.writeUInt32LE(0, 68);
  other.writeUInt32LE(1, 68);
  expect(reported(await look(none, other))).toEqual(['bytes bytes']);
});
