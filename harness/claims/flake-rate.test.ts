import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flakeRate, rateText } from './flake-rate.ts';

test('has the interval of the textbook', () => {
  // Worked out by hand from the formula, k = 3, n = 29.
  const { low, high } = flakeRate(3, 29);
  expect(low).toBeCloseTo(0.0358, 3);
  expect(high).toBeCloseTo(0.2639, 3);
  expect(rateText(flakeRate(3, 29))).toBe(
    '3 of 29 differ from the first (10 %; 95 % confidence: 4 % to 26 %)',
  );
});

test('holds the share that was seen, and says something even when none or all differ', () => {
  const counts = fc
    .integer({ min: 1, max: 500 })
    .chain((compared) =>
      fc.record({ compared: fc.constant(compared), differing: fc.integer({ min: 0, max: compared }) }),
    );
  fc.assert(
    fc.property(counts, ({ compared, differing }) => {
      const { low, high } = flakeRate(differing, compared);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(differing / compared);
      expect(high).toBeGreaterThanOrEqual(differing / compared);
      expect(high).toBeGreaterThan(low);
    }),
  );
});
