import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_AXES, parseVary } from './vary.ts';
import { VARIATIONS } from '../../model/variations.ts';

test('names, sets, and additions to the default set', () => {
  expect(parseVary('all')).toEqual(VARIATIONS);
  expect(parseVary('none')).toEqual([]);
  expect(parseVary('default')).toEqual(DEFAULT_AXES);
  expect(parseVary('locale,clock')).toEqual(['clock', 'locale']);
  expect(parseVary('+umask')).toEqual(VARIATIONS.filter((axis) => axis !== 'kernel'));
  expect(parseVary('-clock')).toEqual(DEFAULT_AXES.filter((axis) => axis !== 'clock'));
  expect(parseVary('all,-order')).toEqual(VARIATIONS.filter((axis) => axis !== 'order'));
});

test('what is no axis is refused by name', () => {
  expect(() => parseVary('clock,colour')).toThrow('there is no axis colour');
  for (const nothing of ['', ',']) expect(() => parseVary(nothing)).toThrow('--vary names no axis');
});

test('adding and taking the same axis leaves a set without it', () => {
  fc.assert(
    fc.property(fc.subarray([...VARIATIONS]), fc.constantFrom(...VARIATIONS), (axes, axis) => {
      const chosen = parseVary([...axes, axis, `-${axis}`].join(','));
      expect(chosen).toEqual(VARIATIONS.filter((known) => axes.includes(known) && known !== axis));
    }),
  );
});
