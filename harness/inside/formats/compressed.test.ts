import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
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

describe('lz4', () => {
  const frame = (...blocks: Buffer[]): Buffer => {
    const sized = blocks.flatMap((block) => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(block.length);
      return [head, block];
    });
    return Buffer.concat([Buffer.from('04224d18604000', 'hex'), ...sized, Buffer.alloc(4)]);
  };
  const legacy = (block: Buffer): Buffer => {
    const head = Buffer.from('02214c1800000000', 'hex');
    head.writeUInt32LE(block.length, 4);
    return Buffer.concat([head, block]);
  };
  // Three letters, those again twice as a match of six that overlaps itself, and a last line.
  const block = (letters: string, end = 'end\n'): Buffer =>
    Buffer.concat([
      Buffer.from([0x32]),
      Buffer.from(letters),
      Buffer.from([3, 0, end.length << 4]),
      Buffer.from(end),
    ]);

  it.each([
    ['lz4', frame],
    ['lz4-legacy', legacy],
  ])('%s: goes into the content', async (name, pack) => {
    const node = await expectReported(pack(block('ab\n')), pack(block('cd\n')), [
      `${name}/text:content diff`,
    ]);
    expect(node?.children[0]?.diff).toContain('-ab\n-ab\n-ab\n+cd\n+cd\n+cd\n end\n');
  });

  it('shows what is broken, and a match before the beginning, as bytes', async () => {
    const before = Buffer.concat([Buffer.from([0x12]), Buffer.from('a'), Buffer.from([9, 0, 0])]);
    for (const broken of [
      frame(before),
      frame(block('ab\n')).subarray(0, 12),
      frame(Buffer.from([0xf0, 255])),
    ])
      expect(reported(await look(broken, frame(block('cd\n'))))).toEqual(['bytes bytes']);
  });

  it('ends where a block would expand without end', async () => {
    const run = Buffer.concat([
      Buffer.from([0x1f]),
      Buffer.from('a'),
      Buffer.from([1, 0]),
      Buffer.alloc(300_000, 255),
      Buffer.from([0, 0x10]),
      Buffer.from('b'),
    ]);
    const node = await look(frame(run), frame(Buffer.concat([run.subarray(0, -1), Buffer.from('c')])));
    expect(node?.limits).toContain('size');
  });
});

describe('lzop', () => {
  const file = (time: number, rest = 'packed'): Buffer => {
    const head = Buffer.from(
      '894c5a4f000d0a1a0a1040 20a0 0940 01 05 03000001 000081a4'.replaceAll(' ', ''),
      'hex',
    );
    const times = Buffer.alloc(8);
    times.writeUInt32BE(time);
    return Buffer.concat([
      head,
      times,
      Buffer.from('\u0005a.txt'),
      Buffer.from('01020304', 'hex'),
      Buffer.from(rest),
    ]);
  };

  it('names the time of what was packed, and shows what else differs', async () => {
    const node = await expectReported(file(1_700_000_000), file(1_700_000_060), ['lzop mtime']);
    expect(node?.fields[0]).toMatchObject({ a: '2023-11-14T22:13:20Z', b: '2023-11-14T22:14:20Z' });
    await expectReported(file(1_700_000_000), file(1_700_000_000, 'pocked'), ['lzop bytes']);
  });
});

test('gcov: names the stamp, and shows what else differs', async () => {
  const notes = (stamp: number, folder: string): Buffer => {
    const bytes = Buffer.from(`oncg*32B....${folder}`, 'latin1');
    bytes.writeUInt32LE(stamp, 8);
    return bytes;
  };
  await expectReported(notes(1, '/build'), notes(2, '/build'), ['gcov stamp']);
  await expectReported(notes(1, '/build'), notes(1, '/other'), ['gcov bytes']);
});
