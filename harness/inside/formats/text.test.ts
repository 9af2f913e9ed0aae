import { describe, expect, it } from 'vitest';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('text', () => {
  it('is a unified diff', async () => {
    const node = await expectReported(Buffer.from('1\n2\n3\nfour\n5\n'), Buffer.from('1\n2\n3\n4\n5\n'), [
      'text diff',
    ]);
    expect(node?.diff).toBe('--- a\n+++ b\n@@ -1,5 +1,5 @@\n 1\n 2\n 3\n-four\n+4\n 5\n');
  });

  it('tells a missing line feed at the end, and an empty file', async () => {
    expect((await look(Buffer.from('x\n'), Buffer.from('x')))?.diff).toContain('No newline at end of file');
    expect(reported(await look(Buffer.alloc(0), Buffer.from('x\n')))).toEqual(['text diff']);
  });

  it('names line endings and encodings instead of telling every line', async () => {
    await expectReported(Buffer.from('a\nb\n'), Buffer.from('a\r\nb\r\n'), ['text line-endings']);
    await expectReported(Buffer.from('a\nb\n'), utf16('a\nb\n'), ['text encoding']);
    await expectReported(Buffer.from('a\n'), Buffer.from('\ufeffa\n'), ['text encoding']);
    await expectReported(Buffer.from('a\nb\n'), Buffer.from('a\r\nc\r\n'), [
      'text line-endings',
      'text diff',
    ]);
  });

  it('reads other encodings', async () => {
    const wide = await expectReported(utf16('ä\n'), utf16('ö\n'), ['text diff']);
    expect(wide?.diff).toBe('--- a (utf-16le)\n+++ b (utf-16le)\n@@ -1,1 +1,1 @@\n-ä\n+ö\n');
    const old = await look(Buffer.from('\xe4\n', 'latin1'), Buffer.from('\xf6\n', 'latin1'));
    expect(old?.diff).toContain('-ä\n+ö\n');
  });

  it('reads wide encodings with a byte order mark or without', async () => {
    const wide = (text: string, width: 2 | 4, mark: string): Buffer => {
      const bytes = Buffer.alloc((mark + text).length * width);
      for (let at = 0; at < (mark + text).length; at++)
        bytes.writeUInt16LE((mark + text).charCodeAt(at), at * width);
      return bytes;
    };
    for (const width of [2, 4] as const) {
      for (const mark of ['', '\ufeff']) {
        const sides = [wide('on\nbuilt 1\n', width, mark), wide('on\nbuilt 2\n', width, mark)] as const;
        const node = await expectReported(...sides, ['text diff']);
        expect(node?.diff).toContain(' on\n-built 1\n+built 2\n');
        const turned = sides.map((side) =>
          width === 2 ? Buffer.from(side).swap16() : Buffer.from(side).swap32(),
        ) as [Buffer, Buffer];
        expect((await expectReported(...turned, ['text diff']))?.diff).toContain('+built 2\n');
      }
    }
    const numbers = (last: number): Buffer =>
      Buffer.from(Uint16Array.from([7, 1, 300, 2, 9000, last]).buffer);
    await expectReported(numbers(1), numbers(2), ['bytes bytes']);
  });

  it('gives up on texts with nothing in common, and says so', async () => {
    const lines = (prefix: string): Buffer =>
      Buffer.from(Array.from({ length: 3000 }, (_, at) => `${prefix}${at}\n`).join(''));
    const node = await look(lines('a'), lines('b'));
    expect(reported(node)).toEqual(['text diff', 'text limit size']);
    expect(node?.diff).toMatch(
      /^--- a\n\+\+\+ b\n@@ -1,20 \+1,20 @@\n-a0\n(.*\n){18}-a19\n\+b0\n(.*\n){18}\+b19\n\[cut off\]\n$/,
    );
  });

  it('cuts long diffs, and says so', async () => {
    const long = (letter: string): Buffer => Buffer.from(`${letter.repeat(1000)}\n`.repeat(80));
    const node = await look(long('a'), long('b'));
    expect(node?.diff?.endsWith('[cut off]\n')).toBe(true);
    expect(node?.limits).toEqual(['size']);
  });
});

describe('what nothing is known of', () => {
  it('is bytes around the first differences', async () => {
    const a = Buffer.alloc(9000, 1);
    const b = Buffer.from(a);
    a[0] = b[0] = 0;
    b[100] = 7;
    b[8000] = 9;
    const node = await expectReported(a, b, ['bytes bytes']);
    expect(node?.windows?.map(({ offset }) => offset)).toEqual([80, 7984]);
    expect(node?.windows?.[0]?.b).toHaveLength(128);
    expect(node?.windows?.[0]?.b.slice(40, 42)).toBe('07');
  });

  it('names a difference in length alone', async () => {
    const node = await look(Buffer.from([0, 1]), Buffer.from([0, 1, 2]));
    expect(node?.windows).toEqual([{ offset: 0, a: '0001', b: '000102' }]);
  });

  it('says when both are of different kinds', async () => {
    await expectReported(Buffer.from('text'), Buffer.from([0, 1]), ['bytes format', 'bytes bytes']);
  });
});
