import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_VARIATIONS, parseVary } from './vary.ts';
import { VARIATIONS } from '../../model/variations.ts';

test('names, sets, and additions to the default set', () => {
  expect(parseVary('all')).toEqual(VARIATIONS);
  expect(parseVary('none')).toEqual([]);
  expect(parseVary('default')).toEqual(DEFAULT_VARIATIONS);
  expect(parseVary('locale,clock')).toEqual(['clock', 'locale']);
  expect(parseVary('+umask')).toEqual(VARIATIONS.filter((variation) => variation !== 'kernel'));
  expect(parseVary('-clock')).toEqual(DEFAULT_VARIATIONS.filter((variation) => variation !== 'clock'));
  expect(parseVary('all,-order')).toEqual(VARIATIONS.filter((variation) => variation !== 'order'));
});

test('what is no variation is refused by name', () => {
  expect(() => parseVary('clock,colour')).toThrow('there is no variation colour');
  for (const nothing of ['', ',']) expect(() => parseVary(nothing)).toThrow('--vary names no variation');
});

test('adding and taking the same variation leaves a set without it', () => {
  fc.assert(
    fc.property(fc.subarray([...VARIATIONS]), fc.constantFrom(...VARIATIONS), (variations, variation) => {
      const chosen = parseVary([...variations, variation, `-${variation}`].join(','));
      expect(chosen).toEqual(VARIATIONS.filter((known) => variations.includes(known) && known !== variation));
    }),
  );
});
