import { expect, test } from 'vitest';
import { markdownTable, withPart } from './table.ts';

test('a table has columns as wide as their widest cell', () => {
  expect(markdownTable(['a', 'long'], [['`x | y`', '1']])).toBe(
    ['| a        | long |', '| -------- | ---- |', '| `x \\| y` | 1    |'].join('\n'),
  );
});

test('a part of a page is made anew, and nothing else', () => {
  const page = 'x\n<!-- p -->\n\nold\n\n<!-- /p -->\ny\n';
  expect(withPart(page, 'p', 'new')).toBe('x\n<!-- p -->\n\nnew\n\n<!-- /p -->\ny\n');
  expect(withPart(page, 'p', 'old')).toBe(page);
});

test.each(['', '<!-- p -->', '<!-- /p --><!-- p -->', '<!-- p --><!-- /p --><!-- p --><!-- /p -->'])(
  'a page without the part, or with several, is refused: %j',
  (page) => {
    expect(() => withPart(page, 'p', 'x')).toThrow('no part p');
  },
);
