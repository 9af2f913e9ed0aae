import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AXES } from './types.ts';
import { DEFAULT_AXES, parseVary } from './vary.ts';

test('names, sets, and additions to the default set', () => {
  expect(parseVary('all')).toEqual(AXES);
  expect(parseVary('none')).toEqual([]);
  expect(parseVary('default')).toEqual(DEFAULT_AXES);
  expect(parseVary('locale,clock')).toEqual(['clock', 'locale']);
  expect(parseVary('+umask')).toEqual(AXES.filter((axis) => axis !== 'kernel'));
  expect(parseVary('-clock')).toEqual(DEFAULT_AXES.filter((axis) => axis !== 'clock'));
  expect(parseVary('all,-order')).toEqual(AXES.filter((axis) => axis !== 'order'));
});

test('what is no axis is refused by name', () => {
  expect(() => parseVary('clock,colour')).toThrow('there is no axis colour');
  for (const nothing of ['', ',']) expect(() => parseVary(nothing)).toThrow('--vary names no axis');
});

test('adding and taking the same axis leaves a set without it', () => {
  fc.assert(
    fc.property(fc.subarray([...AXES]), fc.constantFrom(...AXES), (axes, axis) => {
      const chosen = parseVary([...axes, axis, `-${axis}`].join(','));
      expect(chosen).toEqual(AXES.filter((known) => axes.includes(known) && known !== axis));
    }),
  );
});
