import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { brokenFileSystem } from './file-systems.ts';

const MIB = 2 ** 20;

/** Unit tests run without set-up; `npm test` installs what is missing first. */
const isWithoutAny = (...names: string[]): boolean => names.some((name) => findTool(name) === null);

let folder = '';
let disk = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'power-disks-'));
  disk = join(folder, 'disk.raw');
  await handOver(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** A disk with two file systems, after something that is none. */
async function partitioned(): Promise<void> {
  await using file = await open(disk, 'w');
  await file.truncate(64 * MIB);
  const table = 'label: gpt\nstart=1MiB, size=10MiB\nstart=16MiB, size=16MiB\nstart=32MiB, size=16MiB\n';
  await execa('sfdisk', ['--quiet', disk], { input: table });
  for (const at of [16, 32])
    await execa('mke2fs', ['-q', '-F', '-j', '-b', '4096', '-E', `offset=${at * MIB}`, disk, '16M']);
  await handOver(disk);
}

/** Overwrites what follows the first block of a file system. */
async function spoil(at: number): Promise<void> {
  await using file = await open(disk, 'r+');
  await file.write(Buffer.alloc(8 * MIB, 0x5a), 0, 8 * MIB, at + 4096);
}

describe.skipIf(isWithoutAny('qemu-img', 'sfdisk', 'mke2fs', 'debugfs', 'e2fsck', 'setpriv'))(
  'the file systems of a disk',
  () => {
    test('are found whole in their partitions', async () => {
      await partitioned();
      expect(await brokenFileSystem(disk)).toBeNull();
    });

    test('are brought in order where only a journal has what was written last', async () => {
      await partitioned();
      const commands = join(folder, 'commands');
      await writeFile(join(folder, 'block'), Buffer.alloc(4096));
      await writeFile(commands, `jo\njw -b 2000 ${join(folder, 'block')}\njc\n`);
      await execa('debugfs', ['-w', '-f', commands, `${disk}?offset=${32 * MIB}`]);
      expect(await brokenFileSystem(disk)).toBeNull();
    });

    test.each([16, 32])('are found broken, whichever it is (%i MiB)', async (at) => {
      await partitioned();
      await spoil(at * MIB);
      expect(await brokenFileSystem(disk)).toMatch(/^e2fsck: /);
    });

    test('are one where there are no partitions', async () => {
      await execa('mke2fs', ['-q', '-b', '4096', disk, '16M']);
      await handOver(disk);
      expect(await brokenFileSystem(disk)).toBeNull();
      await spoil(0);
      expect(await brokenFileSystem(disk)).toMatch(/^e2fsck: /);
    });
  },
);

/** A disk with a FAT32 of this many MiB, of at least 65525 clusters, which holds a file. */
async function withFat(): Promise<string> {
  await using file = await open(disk, 'w');
  await file.truncate(66 * MIB);
  await execa('sfdisk', ['--quiet', disk], { input: 'label: gpt\nstart=1MiB, size=64MiB, type=uefi\n' });
  await execa('mkfs.vfat', ['-F', '32', '-s', '1', '--offset=2048', disk, String(64 * 1024)]);
  await execa('mcopy', ['-i', `${disk}@@1M`, '-', '::/kernel'], { input: 'x'.repeat(2000) });
  await handOver(disk);
  return `${disk}@@1M`;
}

async function overwrite(at: number, bytes: Buffer): Promise<void> {
  await using file = await open(disk, 'r+');
  await file.write(bytes, 0, bytes.length, at);
}

describe.skipIf(isWithoutAny('qemu-img', 'sfdisk', 'fsck.fat', 'mcopy', 'setpriv'))(
  'a FAT file system',
  () => {
    test('is whole, also when it was not unmounted', async () => {
      await withFat();
      expect(await brokenFileSystem(disk)).toBeNull();
      await overwrite(MIB + 65, Buffer.from([1]));
      expect(await brokenFileSystem(disk)).toBeNull();
    });

    test.each([
      ['first', 0],
      ['second', 1],
    ])('is broken where the %s table does not know of a file', async (_which, number) => {
      await withFat();
      await using file = await open(disk, 'r');
      const { buffer } = await file.read(Buffer.alloc(512), 0, 512, MIB);
      const [reserved, sectors] = [buffer.readUInt16LE(14), buffer.readUInt32LE(36)];
      // Two entries that are no clusters, the root, and the first one of the file come before.
      await overwrite(MIB + (reserved + number * sectors) * 512 + 4 * 4, Buffer.alloc(4));
      expect(await brokenFileSystem(disk)).toMatch(/^fsck\.fat: /);
    });
  },
);
