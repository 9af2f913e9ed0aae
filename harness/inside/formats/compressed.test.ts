import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

const decode = (text: string): Buffer => Buffer.from(text, 'base64');

// Made by `printf 'one\n' | xz` and the like: nothing here writes these formats.
const XZ_ONE = decode('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQADb25lCgD1XLtWH8b9hgABHARvLJzBH7bzfQEAAAAABFla');
const XZ_TWO = decode('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQADdHdvCgBlBtb/xMD5OgABHARvLJzBH7bzfQEAAAAABFla');
const XZ_CRC32 = decode('/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQADb25lCgCfqBf4AAEYBGvp8KWQQpkNAQAAAAABWVo=');
const BZIP2_ONE = decode('QlpoOTFBWSZTWXgTwIIAAAHBAAAQAgGgACGaaDNNDLxdyRThQkHgTwII');
const BZIP2_TWO = decode('QlpoOTFBWSZTWS63GtcAAAFBgAAQAACEgCAAIZpoM00HPF3JFOFCQLrca1w=');
const BZIP2_LEVEL_1 = decode('QlpoMTFBWSZTWXgTwIIAAAHBAAAQAgGgACGaaDNNDLxdyRThQkHgTwII');

describe('xz', () => {
  it('goes into the content', async () => {
    const node = await expectReported(XZ_ONE, XZ_TWO, ['xz/text:content diff']);
    expect(node?.children[0]?.diff).toContain('-one\n+two\n');
  });

  it('names the kind of checksum', async () => {
    const node = await expectReported(XZ_ONE, XZ_CRC32, ['xz check', 'xz compressed-data']);
    expect(node?.fields[0]).toMatchObject({ a: 'CRC64', b: 'CRC32' });
  });
});

describe('bzip2', () => {
  it('goes into the content', async () => {
    const node = await expectReported(BZIP2_ONE, BZIP2_TWO, ['bzip2/text:content diff']);
    expect(node?.children[0]?.diff).toContain('-one\n+two\n');
  });

  it('names the level', async () => {
    await expectReported(BZIP2_ONE, BZIP2_LEVEL_1, ['bzip2 level']);
  });

  it('reads several streams', async () => {
    const both = (last: Buffer): Buffer => Buffer.concat([BZIP2_ONE, last]);
    const node = await look(both(BZIP2_ONE), both(BZIP2_TWO));
    expect(node?.children[0]?.diff).toContain(' one\n-one\n+two\n');
  });
});

describe('zstd', () => {
  it('goes into the content of all frames', async () => {
    const frames = (tail: string): Buffer => Buffer.concat([zstdCompressSync('a\n'), zstdCompressSync(tail)]);
    const node = await expectReported(frames('b\n'), frames('c\n'), ['zstd/text:content diff']);
    expect(node?.children[0]?.diff).toContain(' a\n-b\n+c\n');
  });

  it('tells other compressed bytes of the same content', async () => {
    const text = Array.from({ length: 20_000 }, (_, at) => `${(at * at) % 977} ${at % 31}\n`).join('');
    const level = (value: number): Buffer =>
      zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: value } });
    await expectReported(level(1), level(19), ['zstd compressed-data']);
  });

  it('shows what is broken as bytes', async () => {
    const broken = Buffer.concat([zstdCompressSync('a\n'), Buffer.from([0, 1, 2])]);
    expect(reported(await look(broken, zstdCompressSync('b\n')))).toEqual(['bytes bytes']);
  });
});
