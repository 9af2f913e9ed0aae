import { hash } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tar } from '../../testing/oci/tar/tar.ts';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { bringDisk, isDiskFile } from './bring-disk.ts';

const MIB = 2 ** 20;
let given = '';
let folder = '';
beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'bring-'));
  given = join(parent, 'given');
  folder = join(parent, 'scratch');
  await mkdir(folder);
  await handOver(folder);
});
afterEach(() => rm(join(given, '..'), { recursive: true }));

/** By xz: 8 KiB of zeros with a boot sector's last two bytes. */
const XZ =
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4B//ACxdAABv/f6jTaaK9F+YSdfdA3h3xopwAEjwJsrx0j6/WXhHEdarAuPe12/f3esAABFuAc7i2I1SAAFIgEAAAABztKwKscRn+wIAAAAABFla';

/** A raw disk with something at both ends and holes in between. */
async function rawDisk(): Promise<Buffer> {
  await using file = await open(given, 'w');
  await file.truncate(40 * MIB);
  await file.write(Buffer.from('\x55\xaa', 'latin1'), 0, 2, 510);
  await file.write(Buffer.from('the end'), 0, 7, 40 * MIB - 7);
  return await readFile(given);
}

test('a raw disk is the same bytes, and its holes are holes', async () => {
  const bytes = await rawDisk();
  expect(await isDiskFile(given)).toBe(true);
  const digest = `sha256:${hash('sha256', bytes)}`;
  expect(await bringDisk(given, folder)).toEqual({ digest, format: 'raw', bytes: 40 * MIB });
  const copy = join(folder, 'disk.raw');
  expect((await readFile(copy)).equals(bytes)).toBe(true);
  expect((await stat(copy)).blocks * 512).toBeLessThan(4 * MIB);
  expect(await readdir(folder)).toEqual(['disk.raw']);
});

describe.skipIf(findTool('qemu-img') === null || findTool('setpriv') === null)('a qcow2 disk', () => {
  test('becomes a raw one with the same content', async () => {
    const bytes = await rawDisk();
    const qcow2 = join(given, '../packed');
    await execa('qemu-img', ['convert', '-c', '-f', 'raw', '-O', 'qcow2', given, qcow2]);
    expect(await bringDisk(qcow2, folder)).toMatchObject({ format: 'qcow2', bytes: 40 * MIB });
    expect((await readFile(join(folder, 'disk.raw'))).equals(bytes)).toBe(true);
    expect(await readdir(folder)).toEqual(['disk.raw']);
  });

  test('that refers to a file of this machine is refused, and nothing of that is read', async () => {
    await writeFile(join(given, '../secret'), 'x'.repeat(MIB));
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', 'secret', '-F', 'raw', given]);
    expect(await isDiskFile(given)).toBe(true);
    await expect(bringDisk(given, folder)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'the disk cannot be started: it has a backing file',
    });
    expect(await readdir(folder)).toEqual(['given']);
  });

  test('whose tables are broken is refused with the words of qemu-img', async () => {
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', given, '40M']);
    await using file = await open(given, 'r+');
    // Where its first table is: not at the beginning of a cluster.
    await file.write(Buffer.from([0, 0, 0, 0, 0, 0, 0, 3]), 0, 8, 40);
    await expect(bringDisk(given, folder)).rejects.toThrow(/the disk cannot be started: qemu-img failed: /);
  });

  test('that says that it is larger than any is refused', async () => {
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', given, '65G']);
    await expect(bringDisk(given, folder)).rejects.toThrow('it has 65 GiB, and 64 GiB are the most');
  });
});

test('a file that is larger than any is refused before it is copied', async () => {
  await writeFile(given, '');
  await truncate(given, 65 * 2 ** 30);
  await expect(bringDisk(given, folder)).rejects.toThrow('it has 65 GiB');
  expect(await readdir(folder)).toEqual([]);
});

describe('a disk was meant, and is told why it is none', () => {
  const named = (name: string): string => join(given, '..', name);

  test.each([
    ['gz', 'gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['zst', 'zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
    ['xz', 'xz', () => Buffer.from(XZ, 'base64')],
  ])('compressed as .%s, whatever its name', async (_name, kind, pack) => {
    await writeFile(
      named('packed'),
      pack(Buffer.concat([Buffer.alloc(510), Buffer.of(0x55, 0xaa), Buffer.alloc(MIB)])),
    );
    await expect(isDiskFile(named('packed'))).rejects.toMatchObject({
      code: 'unsupported',
      message: `the disk cannot be started: it is compressed (${kind})`,
      where: named('packed'),
      hint: expect.stringMatching(/^decompress it first: (?:gunzip|unzstd|unxz) --keep packed$/) as string,
    });
  });

  test('compressed by what is not read here, by its name', async () => {
    await writeFile(named('disk.qcow2.bz2'), 'BZh91AY&SY');
    await expect(isDiskFile(named('disk.qcow2.bz2'))).rejects.toThrow('it is compressed (bzip2)');
  });

  test('compressed, of no known form, by its name', async () => {
    await writeFile(named('root.img.gz'), gzipSync(`XFSB${'\0'.repeat(MIB)}`));
    await expect(isDiskFile(named('root.img.gz'))).rejects.toThrow('it is compressed (gzip)');
    await writeFile(named('image.img.gz'), gzipSync(tar([{ name: 'index.json', content: '{}' }])));
    expect(await isDiskFile(named('image.img.gz'))).toBe(false);
  });

  test('but not an image in an archive that is compressed', async () => {
    await writeFile(named('image.tar.gz'), gzipSync(tar([{ name: 'index.json', content: '{}' }])));
    await writeFile(named('image.tar.bz2'), 'BZh91AY&SY');
    expect(await isDiskFile(named('image.tar.gz'))).toBe(false);
    expect(await isDiskFile(named('image.tar.bz2'))).toBe(false);
  });

  test.each([0, 4 * MIB])('empty, with %i bytes', async (size) => {
    await writeFile(given, '');
    await truncate(given, size);
    await expect(isDiskFile(given)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'the disk cannot be started: it is empty, or begins with nothing but zeros',
    });
  });

  test('by its name, with a file system that is not read', async () => {
    await writeFile(named('root.raw'), `XFSB${'\0'.repeat(MIB)}`);
    await expect(isDiskFile(named('root.raw'))).rejects.toThrow('it is neither qcow2 nor a disk with');
  });
});

test('what is no disk is none', async () => {
  await writeFile(given, 'an image, perhaps');
  expect(await isDiskFile(given)).toBe(false);
  expect(await isDiskFile(folder)).toBe(false);
  expect(await isDiskFile(join(folder, 'nothing'))).toBe(false);
});
