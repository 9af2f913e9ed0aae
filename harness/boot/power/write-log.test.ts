import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../testing/oci/image.ts';
import { randomOf, replay, survivors } from './cut.ts';
import { readWriteLog } from './write-log.ts';

const SECTOR = 512;

interface Write {
  sector: number;
  data: Buffer;
  flags: number;
}

function header(numbers: number[]): Buffer {
  const block = Buffer.alloc(SECTOR);
  numbers.forEach((number, index) => block.writeBigUInt64LE(BigInt(number), index * 8));
  return block;
}

/** As QEMU writes it: discards have a length, but no data. */
function logOf(writes: Write[]): Buffer {
  const top = header([0, 1, writes.length, SECTOR]);
  top.writeBigUInt64LE(0x6a736677736872n, 0);
  const parts = writes.flatMap(({ sector, data, flags }) => [
    header([sector, data.length / SECTOR, flags, 0]),
    ...((flags & 4) === 0 ? [data] : []),
  ]);
  return Buffer.concat([top, ...parts]);
}

const write = (sector: number, letter: string, flags = 0, sectors = 1): Write => ({
  sector,
  data: Buffer.alloc(sectors * SECTOR, letter),
  flags,
});
const flush: Write = { sector: 0, data: Buffer.alloc(0), flags: 1 };

async function read(bytes: Buffer) {
  await using folder = await scratch();
  const path = join(folder.path, 'log');
  await writeFile(path, bytes);
  await using file = await open(path);
  return await readWriteLog(file);
}

describe('a log of writes', () => {
  test('is read entry by entry, whatever they hold', async () => {
    const sectors = fc.integer({ min: 0, max: 3 });
    const one = fc.record({ sector: fc.nat(1000), count: sectors, flags: fc.constantFrom(0, 1, 2, 3, 4) });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 12 }), async (list) => {
        const writes = list.map(({ sector, count, flags }) => write(sector, 'x', flags, count));
        const entries = await read(logOf(writes));
        expect(entries.map(({ offset, length }) => [offset / SECTOR, length / SECTOR])).toEqual(
          list.map(({ sector, count }) => [sector, count]),
        );
        expect(entries.map(({ flush, forced, discard }) => [flush, forced, discard])).toEqual(
          list.map(({ flags }) => [(flags & 1) !== 0, (flags & 2) !== 0, (flags & 4) !== 0]),
        );
      }),
      { numRuns: 50 },
    );
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['has another beginning', (bytes) => Buffer.concat([Buffer.from('x'), bytes.subarray(1)])],
    ['ends in an entry', (bytes) => bytes.subarray(0, -1)],
    ['ends before an entry', (bytes) => bytes.subarray(0, SECTOR)],
  ])('that %s is refused', async (_what, change) => {
    await expect(read(change(logOf([write(1, 'a')])))).rejects.toThrow('cannot be read');
  });

  test('that names numbers without sense is refused', async () => {
    for (const [at, number] of [
      [16, 2n ** 40n],
      [24, 3n],
      [SECTOR + 8, 2n ** 60n],
    ] as const) {
      const bytes = logOf([write(1, 'a')]);
      bytes.writeBigUInt64LE(number, at);
      await expect(read(bytes)).rejects.toThrow('cannot be read');
    }
  });
});

describe('a power cut', () => {
  const letters = async (writes: Write[], count: number, random: () => number): Promise<string> => {
    await using folder = await scratch();
    await writeFile(join(folder.path, 'log'), logOf(writes));
    await writeFile(join(folder.path, 'disk'), Buffer.alloc(4 * SECTOR, '-'));
    await using log = await open(join(folder.path, 'log'));
    {
      await using disk = await open(join(folder.path, 'disk'), 'r+');
      await replay(log, disk, survivors(await readWriteLog(log), count, random));
    }
    const disk = await readFile(join(folder.path, 'disk'), 'latin1');
    return [0, 1, 2, 3].map((sector) => disk[sector * SECTOR] ?? '').join('');
  };
  const WRITES = [write(0, 'a'), write(1, 'b'), flush, write(2, 'c'), write(3, 'd', 2), write(0, 'e')];
  const never = (): number => 0.9;
  const always = (): number => 0.1;

  test('keeps what was flushed and forced, and of the rest what chance leaves', async () => {
    expect(await letters(WRITES, 2, never)).toBe('----');
    expect(await letters(WRITES, 2, always)).toBe('ab--');
    expect(await letters(WRITES, 3, never)).toBe('ab--');
    expect(await letters(WRITES, 6, never)).toBe('ab-d');
    expect(await letters(WRITES, 6, always)).toBe('ebcd');
  });

  test('leaves what was discarded, and what comes after the cut', async () => {
    expect(await letters([write(0, 'a'), write(0, 'x', 4), flush, write(1, 'b')], 3, always)).toBe('a---');
  });

  test('is the same again for the same seed, and another one for another', () => {
    const take = (seed: number): number[] => Array.from({ length: 5 }, randomOf(seed));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(7).every((number) => number >= 0 && number < 1)).toBe(true);
  });
});
