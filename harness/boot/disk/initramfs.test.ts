import { execFileSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpio } from '../../testing/inside/cpio.ts';
import { initramfsPaths } from './initramfs.ts';

const EARLY = cpio([{ name: 'kernel/x86/microcode/AuthenticAMD.bin', content: 'microcode' }]);
const MAIN = cpio([
  { name: './init', content: 'x' },
  { name: 'usr/lib/ostree/ostree-prepare-root', content: 'program' },
]);
const ALL = ['kernel/x86/microcode/AuthenticAMD.bin', 'init', 'usr/lib/ostree/ostree-prepare-root'];
const row = (main: Buffer): Buffer => Buffer.concat([EARLY, Buffer.alloc(512 - (EARLY.length % 512)), main]);

test.each([
  ['plain', MAIN],
  ['gzip', gzipSync(MAIN)],
  ['zstd', zstdCompressSync(MAIN)],
  ['xz', execFileSync('xz', ['--stdout', '--check=crc32'], { input: MAIN })],
])('paths are read behind microcode (%s)', async (_form, main) => {
  expect([...((await initramfsPaths(row(main))) ?? [])]).toEqual(ALL);
});

test.each([
  ['lz4', Buffer.from('02214c1800000000', 'hex')],
  ['half an archive', MAIN.subarray(0, MAIN.length - 200)],
  ['something compressed twice', gzipSync(gzipSync(MAIN))],
  ['a broken one', gzipSync(MAIN).subarray(0, 40)],
])('nothing is said of %s', async (_what, main) => {
  expect(await initramfsPaths(row(main))).toBeNull();
});

test('any bytes end in an answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(MAIN.length - 1), async (noise, at) => {
      const bytes = Buffer.from(MAIN);
      bytes.set(noise.subarray(0, bytes.length - at), at);
      const found = await initramfsPaths(bytes);
      expect(found === null || found.size <= 10).toBe(true);
    }),
  );
});
