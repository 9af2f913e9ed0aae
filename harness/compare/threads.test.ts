import { describe, expect, it } from 'vitest';
import type { TestEntry } from '../testing/oci/tar/tar.ts';
import { base, changed, compare, layered } from '../testing/compare/compare.ts';

const text = (lines: number, last: string): string => `${'line\n'.repeat(lines)}${last}\n`;
const many = (last: string): TestEntry[] =>
  Array.from({ length: 1500 }, (_, at) => ({
    name: `d/${at}`,
    content: text(at % 50, at % 500 === 7 ? last : 'same'),
  }));

describe('reading in threads', () => {
  it.each([
    ['equal trees', layered(base), layered(base.slice(0, 3), base.slice(3))],
    [
      'every kind of value',
      layered(base),
      layered(changed('etc/other', { mtime: '-1.25', atime: '3', xattrs: { 'user.\xff': '\0\xff' } })),
    ],
    ['texts in many entries of several layers', layered(many('one'), base), layered(many('two'), base)],
    ['texts far behind each other', layered(many('one'), base), layered(many('two').reverse(), base)],
  ])('gives the same result for %s', async (_, a, b) => {
    const strip = (result: Awaited<ReturnType<typeof compare>>): unknown => ({ ...result, a: null, b: null });
    const threaded = await compare(a, b, { threads: true });
    expect(strip(threaded)).toEqual(strip(await compare(a, b, { threads: false })));
  });

  it('fails alike', async () => {
    for (const threads of [true, false]) {
      const broken = layered([{ name: 'x', type: 'hardlink', linkname: 'y' }]);
      await expect(compare(layered(base), broken, { threads })).rejects.toMatchObject({
        code: 'image-invalid',
        message: 'a hard link to "y", which is not there',
      });
      const out = layered([{ name: '../x' }]);
      await expect(compare(out, layered(base), { threads })).rejects.toMatchObject({ code: 'image-invalid' });
    }
  });
});
