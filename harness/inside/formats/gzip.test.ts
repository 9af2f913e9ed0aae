import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectReported, look } from '../../testing/inside/inside.ts';

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

const plain = gzipSync('hello hello hello hello\n');

/** The same with a name in the header. */
function withName(bytes: Buffer, name: string): Buffer {
  return Buffer.concat([changed(bytes, 3, 8).subarray(0, 10), Buffer.from(`${name}\0`), bytes.subarray(10)]);
}

describe('gzip', () => {
  it.each([
    ['mtime', 4],
    ['extra-flags', 8],
    ['os', 9],
  ])('names %s', async (field, at) => {
    const node = await expectReported(plain, changed(plain, at, 77), [`gzip ${field}`]);
    expect(node?.fields[0]?.offset).toBe(at);
  });

  it('shows times as people write them', async () => {
    const late = Buffer.from(plain);
    late.writeUInt32LE(1_700_000_000, 4);
    expect((await look(plain, late))?.fields).toEqual([
      { field: 'mtime', offset: 4, a: '0 (none)', b: '2023-11-14T22:13:20Z' },
    ]);
  });

  it('names the name', async () => {
    await expectReported(withName(plain, 'one'), withName(plain, 'two'), ['gzip name']);
    await expectReported(plain, withName(plain, 'one'), ['gzip flags', 'gzip name']);
  });

  it('goes into the content', async () => {
    await expectReported(plain, gzipSync('hello\n'), ['gzip/text:content diff']);
  });

  it('tells other compressed bytes of the same content', async () => {
    const text = 'abcdefgh'.repeat(1000) + 'xyz'.repeat(500);
    const [fast, stored] = [gzipSync(text, { level: 6 }), gzipSync(text, { level: 0 })];
    stored[8] = fast[8] ?? 0;
    await expectReported(fast, stored, ['gzip compressed-data']);
  });

  it('reads several members as one content', async () => {
    const two = (tail: string): Buffer => Buffer.concat([plain, gzipSync(tail)]);
    await expectReported(two('a\n'), two('b\n'), ['gzip/text:content diff']);
    await expectReported(two('a\n'), changed(two('a\n'), plain.length + 4, 9), ['gzip member 2 mtime']);
    await expectReported(plain, two(''), ['gzip members']);
    await expectReported(plain, Buffer.concat([plain, Buffer.alloc(5)]), [
      'gzip trailer',
      'gzip/bytes:trailer format',
      'gzip/bytes:trailer bytes',
    ]);
  });

  it('stops at a bomb, and says so', async () => {
    const bomb = (letter: string): Buffer => gzipSync(Buffer.alloc(80 * 2 ** 20, letter));
    expect(await look(bomb('a'), bomb('b'))).toMatchObject({ format: 'bytes', limits: ['size'] });
  });

  it('stops at gzip in gzip in gzip, and says so', async () => {
    const deep = (text: string): Buffer => {
      let bytes: Buffer = Buffer.from(text);
      for (let depth = 0; depth < 20; depth++) bytes = gzipSync(bytes);
      return bytes;
    };
    expect(JSON.stringify(await look(deep('a'), deep('b')))).toContain('"limits":["depth"]');
  });
});
