import { expect, it } from 'vitest';
import { expand, wordsOf } from './words.ts';

const VALUES: Record<string, string> = { A: 'a', B: 'b c', EMPTY: '' };

it.each([
  ['$A/${A}', 'a/a'],
  ['"$B"', 'b c'],
  ["'$A'", '$A'],
  ['\\$A', '$A'],
  ['${NONE:-d}', 'd'],
  ['${EMPTY:-d}${EMPTY-d}', 'd'],
  ['${A:+x}${NONE:+y}${EMPTY+z}', 'xz'],
  ['${NONE:-${A}-${B}}', 'a-b c'],
  ['$NONE/$A', '$NONE/a'],
  ['${NONE}', '${NONE}'],
  ['${A', '${A'],
  ['$', '$'],
  ['$1', '$1'],
])('puts values in: %s', (word, text) => expect(expand(word, (name) => VALUES[name]).text).toBe(text));

it('names what has no value, also where it stays as written', () => {
  expect(expand('$X ${Y:-$Z} ${W:+$V}', (name) => VALUES[name])).toEqual({
    text: '$X $Z ',
    unknown: ['X', 'Z'],
  });
});

it('does not follow defaults without end', () => {
  expect(expand('${A:-'.repeat(10_000) + '}'.repeat(10_000), () => undefined).text).toContain('${A:-');
});

it('splits as a shell does, quotes left in', () => {
  expect([...wordsOf(`a "b c" d\\ e 'f " g'h `, '\\')].map(({ text }) => text)).toEqual([
    'a',
    '"b c"',
    'd\\ e',
    `'f " g'h`,
  ]);
});
