import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstWords, lastWords } from './words.ts';

test('a text is cut between two words, and what is left out is marked', () => {
  const text = 'error: Corrupted file object; checksum expected';
  expect(firstWords(text, 26)).toBe('error: Corrupted file …');
  expect(lastWords(text, 26)).toBe('… checksum expected');
  expect(firstWords('one two three', 9)).toBe('one two …');
  expect(lastWords('one two three', 11)).toBe('… two three');
});

test('a short text stays, on one line', () => {
  expect(firstWords(' one\n two ', 7)).toBe('one two');
  expect(lastWords(' one\n two ', 7)).toBe('one two');
});

test('nothing is longer than it may be, and only words of some length are cut', () => {
  const text = fc.stringMatching(/^[a-z ]{0,400}$/);
  fc.assert(
    fc.property(text, fc.integer({ min: 10, max: 300 }), (long, most) => {
      const words = new Set(long.split(/\s+/));
      for (const reported of [firstWords(long, most), lastWords(long, most)]) {
        expect(reported.length).toBeLessThanOrEqual(most);
        const cut = reported.split(' ').filter((word) => word !== '…' && !words.has(word));
        for (const word of cut) expect(word.length).toBeGreaterThan(Math.min(most - 2, 80) - 3);
      }
    }),
  );
});

test('a word that is longer than that is cut', () => {
  expect(firstWords('a'.repeat(300), 100)).toBe(`${'a'.repeat(98)} …`);
  expect(lastWords('a'.repeat(300), 100)).toBe(`… ${'a'.repeat(98)}`);
});
