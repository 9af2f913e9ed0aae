import { expect, test } from 'vitest';
import { pathGlob } from './path-glob.ts';

test.each([
  ['etc/hosts', 'etc/hosts', true],
  ['etc/hosts', 'etc/hostsx', false],
  ['etc/*', 'etc/hosts', true],
  ['etc/*', 'etc/', true],
  ['etc/*', 'etc/ssl/x', false],
  ['etc/**', 'etc/ssl/x', true],
  ['etc/**', 'etc', false],
  ['**/x', 'x', true],
  ['**/x', 'a/b/x', true],
  ['**/x', 'a/bx', false],
  ['a**/b', 'ab', true],
  ['a**/b', 'a/c/b', true],
  ['a**b', 'a/c/b', true],
  ['**', 'a\nb', true],
  ['a?c', 'a/c', false],
  ['a?c', 'a😀c', true],
  ['lib/[x]{a,b}+(c).so', 'lib/[x]{a,b}+(c).so', true],
  ['lib/[x].so', 'lib/x.so', false],
  ['!etc', 'etc', false],
  ['.*', '.hidden', true],
  ['', '', true],
])('%j on %j: %s', (glob, path, expected) => {
  expect(pathGlob(glob)(path)).toBe(expected);
});

test('a pattern that a regular expression would try for ever is done', () => {
  expect(pathGlob(`${'**/'.repeat(200)}x`)('a/'.repeat(2000))).toBe(false);
  expect(pathGlob('*a'.repeat(500))('a'.repeat(2000))).toBe(true);
});
