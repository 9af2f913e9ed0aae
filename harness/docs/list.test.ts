import { expect, test } from 'vitest';
import { headedList } from './list.ts';

test('entries have headings, and paragraphs in lines of at most 118 characters', () => {
  const list = headedList(3, [
    ['`a`', 'word '.repeat(50).trim(), 'end.'],
    ['`b`', 'x'.repeat(130)],
  ]);
  expect(list.split('\n')).toEqual([
    '### `a`',
    '',
    ...[23, 23, 4].map((count) => 'word '.repeat(count).trim()),
    '',
    'end.',
    '',
    '### `b`',
    '',
    'x'.repeat(130),
  ]);
});
