import { expect, it } from 'vitest';
import { matchesPart, matchesPath } from './glob.ts';
import { ignoreRules } from './ignore.ts';

it.each([
  ['*', '.hidden', true],
  ['a*c', 'abbc', true],
  ['a*c', 'abcd', false],
  ['*a*b', 'xaxb', true],
  ['a*a', 'a', false],
  ['?', 'é', true],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[\\]]', ']', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['a[', 'a[', false],
  ['a.c', 'abc', false],
  ['', '', true],
])('%s against %s', (pattern, name, fits) => expect(matchesPart(pattern, name)).toBe(fits));

it('needs no time without limit', () => {
  expect(matchesPart('*a'.repeat(120), `${'a'.repeat(250)}b`)).toBe(false);
});

it.each([
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['**', 'a/b', true],
  ['a/*', 'a/b/c', false],
  ['**/c', 'a/b/c', true],
])('%s against the path %s', (pattern, path, fits) =>
  expect(matchesPath(pattern.split('/'), path.split('/'))).toBe(fits),
);

it('reads an ignore file', () => {
  const ignored = ignoreRules('# about\n\n/a/\n*.log\n**/x\n!keep.log\n!a/back\n');
  const left = ['a', 'a/b', 'a/back', 'b.log', 'd/b.log', 'keep.log', 'd/x', 'd/x/y', 'z'].filter(
    (path) => !ignored(path),
  );
  expect(left).toEqual(['a/back', 'd/b.log', 'keep.log', 'z']);
});
