import { describe, expect, it } from 'vitest';
import { expectReported } from '../../testing/inside/inside.ts';

function pyc(flags: number, second: number, third: number, code = 'code \0/build/one.py'): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt16LE(3531, 0);
  head.writeUInt16LE(0x0a0d, 2);
  head.writeUInt32LE(flags, 4);
  head.writeUInt32LE(second, 8);
  head.writeUInt32LE(third, 12);
  return Buffer.concat([head, Buffer.from(code)]);
}

describe('pyc', () => {
  it('names what the header says of the source', async () => {
    const node = await expectReported(pyc(0, 1_700_000_000, 9), pyc(0, 1_700_000_001, 9), [
      'pyc source-mtime',
    ]);
    expect(node?.fields[0]).toEqual({
      field: 'source-mtime',
      offset: 8,
      a: '2023-11-14T22:13:20Z',
      b: '2023-11-14T22:13:21Z',
    });
    await expectReported(pyc(0, 1, 9), pyc(0, 1, 8), ['pyc source-size']);
    await expectReported(pyc(1, 1, 9), pyc(1, 1, 8), ['pyc source-hash']);
    await expectReported(pyc(1, 1, 9), pyc(3, 1, 9), ['pyc flags']);
  });

  it('shows the texts of the code', async () => {
    const node = await expectReported(pyc(0, 1, 1), pyc(0, 1, 1, 'code \0/build/two.py'), [
      'pyc/strings:code diff',
      'pyc/strings:code bytes',
    ]);
    expect(node?.children[0]?.diff).toContain('-/build/one.py\n+/build/two.py\n');
  });
});
