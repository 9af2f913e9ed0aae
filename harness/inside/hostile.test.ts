import fc from 'fast-check';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tar } from '../testing/oci/tar/tar.ts';
import { rpmDatabase, rpmHeader } from '../testing/packages/rpm/rpm.ts';
import { cpio } from '../testing/inside/cpio.ts';
import { zip } from '../testing/inside/zip.ts';
import { elf, note } from '../testing/inside/elf.ts';
import { look } from '../testing/inside/inside.ts';

/** One sample of each format, from which hostile ones are made. */
const samples: Record<string, Buffer> = {
  gzip: gzipSync(tar([{ name: 'x', content: 'hello' }])),
  tar: tar([
    { name: 'a', content: 'text' },
    { name: 'b', type: 'symlink', linkname: 'a' },
  ]),
  ar: Buffer.from(`!<arch>\n${'x/'.padEnd(16)}${'0'.padEnd(12)}0     0     100644  4         \`\nabcd`),
  zip: zip([
    { name: 'a', content: 'hello hello' },
    { name: 'b', content: 'x', stored: true },
  ]),
  cpio: Buffer.concat([
    cpio([{ name: 'a', content: 'x' }]),
    cpio([{ name: 'b', content: 'y' }]),
    gzipSync('main'),
  ]),
  zstd: zstdCompressSync('hello hello hello'),
  xz: Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQADb25lCgD1XLtWH8b9hgABHARvLJzBH7bzfQEAAAAABFla',
    'base64',
  ),
  bzip2: Buffer.from('QlpoOTFBWSZTWXgTwIIAAAHBAAAQAgGgACGaaDNNDLxdyRThQkHgTwII', 'base64'),
  rpmdb: rpmDatabase([
    rpmHeader([
      [1000, 6, ['a']],
      [1034, 4, [1, 2, 3]],
      [1117, 8, ['x', 'y']],
    ]),
  ]),
  pyc: Buffer.concat([Buffer.from('cb0d0d0a00000000', 'hex'), Buffer.alloc(60, 'text')]),
  ext: Buffer.concat([Buffer.alloc(0x438), Buffer.from('53ef', 'hex'), Buffer.alloc(1100)]),
  png: Buffer.from('89504e470d0a1a0a0000000774494d4507e80102030405000000000000000049454e4400000000', 'hex'),
  mo: Buffer.from(
    'de120495000000000100000014000000 1c000000 0100000024000000 0100000026000000 61006200'.replaceAll(
      ' ',
      '',
    ),
    'hex',
  ),
  jks: Buffer.from(
    'feedfeed00000002000000010000000200026361000000000000000100055820353039000000046365727400',
    'hex',
  ),
  der: Buffer.from(
    'MIIBGTCBzKADAgECAgEBMAUGAytlcDAMMQowCAYDVQQDDAFhMB4XDTI2MTEyNDIxMTIwMFoXDTM2MTEyMTIxMTIwMFowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhANUNKSXCPhBexS+LyLflm6W11R1Lho6gZAWLVnbo83Cyo1MwUTAdBgNVHQ4EFgQUEukKjFyBgZfueVdIdzcXLorjmBcwHwYDVR0jBBgwFoAUEukKjFyBgZfueVdIdzcXLorjmBcwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQD9Tvt5Yc06nHWQu+a2tCqRGnLYhaqOfbG1Qwx8FuHF2qIGGaKr2U2sXK5g2ykMlyPLN6U7r0Se+ZnIm0HRlyEG',
    'base64',
  ),
  class: Buffer.from('cafebabe0000003d000a48656c6c6f20776f726c64', 'hex'),
  json: Buffer.from('{"a":[1,2,{"b":null}],"c":"text"}'),
  elf: elf([
    { name: '.text', content: Buffer.alloc(16, 0x90) },
    { name: '.note.gnu.build-id', content: note('GNU', Buffer.alloc(20, 7)) },
  ]),
};

/** Bytes overwritten, cut off or repeated at random places. */
const mutations = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), value: fc.nat(255) }),
  ),
  { minLength: 1, maxLength: 8 },
);

type Mutations = typeof mutations extends fc.Arbitrary<infer T> ? T : never;

function mutated(bytes: Buffer, changes: Mutations): Buffer {
  let result = Buffer.from(bytes);
  for (const { kind, at, value } of changes) {
    const place = at % Math.max(1, result.length);
    if (kind === 'set' && result.length > 0) result[place] = value;
    if (kind === 'cut') result = result.subarray(0, place);
    if (kind === 'repeat') result = Buffer.concat([result, result.subarray(place, place + value)]);
  }
  return result;
}

describe.each(Object.entries(samples))('%s made hostile', (_, sample) => {
  it('is reported as something, and the same each time', async () => {
    await fc.assert(
      fc.asyncProperty(mutations, mutations, async (forA, forB) => {
        const [a, b] = [mutated(sample, forA), mutated(sample, forB)];
        const node = await look(a, b);
        expect(node === null).toBe(a.equals(b));
        if (node === null) return;
        const { fields, children, diff, windows, limits } = node;
        expect(
          fields.length + children.length + (windows?.length ?? 0) + (limits?.length ?? 0) > 0 ||
            diff !== undefined,
        ).toBe(true);
        expect(await look(a, b)).toEqual(node);
      }),
      { numRuns: 100 },
    );
  });
});
