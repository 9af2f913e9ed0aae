import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

const said = (word: string): Buffer => execFileSync('bash', ['-c', `printf %s ${shellWord(word)}`]);

test.each([
  'a',
  '/var/log/a b',
  "it's",
  '$(reboot)',
  '`x`',
  'a;b',
  'a\nb',
  '-rf',
  '\\',
  '*',
  '~',
  'ä',
  "a'\n'b",
])('bash reads %j as one word that is the same', (word) => {
  expect(said(word).toString('utf8')).toBe(word);
});

test('bytes that are no text are those bytes', () => {
  expect(said('/a\\xff b').toString('hex')).toBe('2f61ff2062');
});

test('whatever a name holds, it stays one word', () => {
  const word = fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' });
  const held = word.filter((text) => !text.includes('\0') && !/\\x[89a-f][0-9a-f]/.test(text));
  fc.assert(
    fc.property(held, (text) => {
      expect(said(text).toString('utf8')).toBe(text);
    }),
    { numRuns: 50 },
  );
});
