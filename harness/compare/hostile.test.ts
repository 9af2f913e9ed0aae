import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError } from '../errors.ts';
import { openImage } from '../oci/open.ts';
import { digestOf, scratch, writeBlob, writeImage, writeIndex, writeLayout } from '../testing/oci/image.ts';
import { END, tar, tarEntry, type TestEntry } from '../testing/oci/tar/tar.ts';
import { compareImages } from './compare.ts';
import { base } from '../testing/compare/compare.ts';
import type { DiffResult } from './types.ts';

const OCI = 'application/vnd.oci.image';
const good = tar(base);

/**
 * Compares a good image with one whose only layer is `blob`, described truthfully but for `claims`.
 * The config claims the diffID of the good layer unless told otherwise.
 */
async function against(
  blob: Buffer,
  claims: { digest?: string; size?: number; mediaType?: string; diffId?: string } = {},
): Promise<DiffResult> {
  await using one = await scratch();
  await using other = await scratch();
  const a = await openImage(await writeLayout(one.path, { layers: [good] }));
  const { diffId = digestOf(good), ...wrong } = claims;
  const described = { ...(await writeBlob(other.path, blob, `${OCI}.layer.v1.tar+gzip`)), ...wrong };
  const rootfs = { type: 'layers', diff_ids: [diffId] };
  const manifest = await writeImage(other.path, {
    layers: [],
    config: { rootfs, a: 1 },
    manifest: { layers: [described] },
  });
  await writeIndex(other.path, [manifest]);
  return await compareImages(a, await openImage(`oci:${other.path}`));
}

/** The same with an uncompressed layer whose digests are all right. */
const honest = (layer: Buffer): Promise<DiffResult> => against(layer, { diffId: digestOf(layer) });

describe('layers that are not what they claim', () => {
  const zeros = Buffer.alloc(64 * 2 ** 20);
  it.each([
    ['another digest', () => against(gzipSync(good), { digest: `sha256:${'0'.repeat(64)}` }), 'missing'],
    ['another size', () => against(gzipSync(good), { size: 5 }), 'descriptor says 5'],
    ['a size of 10 TB', () => against(gzipSync(good), { size: 10 ** 13 }), 'descriptor says 10000000000000'],
    ['another diffID', () => against(gzipSync(tar([{ name: 'x' }]))), 'the config says'],
    [
      'an unknown media type',
      () => against(gzipSync(good), { mediaType: 'application/x-layer' }),
      'application/x-layer',
    ],
    ['xz', () => against(Buffer.from('fd377a585a0000', 'hex')), 'compressed by xz'],
    ['gzip cut off', () => against(gzipSync(good).subarray(0, -9)), 'broken gzip'],
    ['zstd cut off', () => against(zstdCompressSync(good).subarray(0, -9)), 'broken zstd'],
    [
      'gzip and then something else',
      () => against(Buffer.concat([gzipSync(good), Buffer.from('x')])),
      'broken gzip',
    ],
    [
      'zstd and then something else',
      () => against(Buffer.concat([zstdCompressSync(good), Buffer.from('something')])),
      'something else follows',
    ],
    ['an empty blob', () => against(Buffer.alloc(0)), 'the config says'],
    ['a gzip of zeros', () => against(gzipSync(zeros, { level: 1 })), 'the config says'],
    [
      'an entry of 10 TB',
      () =>
        honest(
          Buffer.concat([tarEntry({ name: 'x' }, 'gnu').fill(0x80, 124, 125).fill(0x09, 130, 131), END]),
        ),
      'checksum',
    ],
  ])('%s', async (_, make, message) => {
    const error: unknown = await make().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TwinproofError);
    expect((error as TwinproofError).message).toContain(message);
    expect((error as TwinproofError).where).toMatch(/sha256:[0-9a-f]{64}/);
  });
});

describe('archives made to do harm', () => {
  const symlink = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });
  it.each([
    ['a way out', tar([{ name: '../../etc/passwd' }]), 'out of the image'],
    [
      'a way out in a link',
      tar([{ name: 'x', type: 'hardlink', linkname: '../../etc/passwd' }]),
      'out of the image',
    ],
    ['a loop of links', tar([symlink('a', 'b'), symlink('b', 'a'), { name: 'a/x' }]), 'loop'],
    ['a link to itself', tar([symlink('a', 'a/a'), { name: 'a/x' }]), 'loop'],
    ['a file as directory', tar([{ name: 'a' }, { name: 'a/b' }]), 'its directory is a file'],
    ['a hard link to nothing', tar([{ name: 'a', type: 'hardlink', linkname: 'b' }]), 'not there'],
    ['a type of its own', tar([{ name: 'a', flag: 'Z' }]), 'type "Z"'],
  ])('%s', async (_, layer, message) => {
    await expect(honest(layer)).rejects.toThrow(message);
  });

  it('names that steer a terminal are escaped in errors', async () => {
    const error: unknown = await honest(tar([{ name: '../\x1b]0;owned\x07' }])).catch(
      (cause: unknown) => cause,
    );
    expect((error as TwinproofError).where).toContain('../\\x1b]0;owned\\x07');
  });

  it('takes absolute names as names in the image, and writes nothing', async () => {
    const result = await honest(tar([...base, { name: '/tmp/twinproof-must-not-exist', content: 'x' }]));
    expect(result.entries).toMatchObject([{ path: 'tmp/twinproof-must-not-exist', change: 'added' }]);
    await expect(stat('/tmp/twinproof-must-not-exist')).rejects.toThrow('ENOENT');
  });

  it('a deep path does not overflow the stack', async () => {
    const name = Array.from({ length: 20_000 }, () => 'd').join('/');
    expect((await honest(tar([...base, { name }]))).entries).toHaveLength(1);
  });

  it('an object with a key like __proto__ is data', async () => {
    await using one = await scratch();
    const config = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as Record<
      string,
      unknown
    >;
    const a = await openImage(await writeLayout(one.path, { layers: [good], config }));
    expect((await compareImages(a, a)).identical).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('never equal, and never a crash', () => {
  it('whatever 512-byte boundary the layer is cut at', async () => {
    for (let length = 0; length < good.length; length += 512) {
      await expect(against(good.subarray(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(
        TwinproofError,
      );
      const cut = good.subarray(0, length);
      const result = await honest(cut).catch((error: unknown) => error);
      if (result instanceof TwinproofError) continue;
      // Without its end marker an archive is complete after any entry: then it is a different one.
      expect((result as DiffResult).identical, `cut at ${length}`).toBe(false);
    }
  });

  it('whatever byte of any file of the layout is flipped', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const a = await openImage(await writeLayout(one.path, { layers: [good] }));
    const reference = await writeLayout(other.path, { layers: [good] });
    const blobs = (await readdir(join(other.path, 'blobs/sha256'))).map((name) =>
      join(other.path, 'blobs/sha256', name),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...blobs),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (path, where, mask) => {
          const bytes = await readFile(path);
          const broken = Buffer.from(bytes);
          broken[where % bytes.length] = (broken[where % bytes.length] ?? 0) ^ mask;
          await writeFile(path, broken);
          try {
            await expect(openImage(reference).then((b) => compareImages(a, b))).rejects.toBeInstanceOf(
              TwinproofError,
            );
          } finally {
            await writeFile(path, bytes);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('whatever an archive holds, with digests that are all right', async () => {
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const layer = Buffer.from(good);
        for (const [at, mask] of changes) layer[at] = (layer[at] ?? 0) ^ mask;
        const result = await honest(layer).catch((error: unknown) => error);
        if (result instanceof TwinproofError) return;
        const { identical, entries, rung } = result as DiffResult;
        if (layer.equals(good)) return;
        expect(identical).toBe(false);
        expect(rung === 'layers' || entries.length > 0).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
