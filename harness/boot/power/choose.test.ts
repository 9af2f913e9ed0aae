import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Phase, chooseCuts } from './choose.ts';

const names = ['fetch', 'stage', 'finalise', 'switch', 'first start'] as const;
const phases = fc.array(fc.nat(30), { minLength: 5, maxLength: 5 }).map((lengths) =>
  lengths.map((length, at): Phase => ({
    name: names[at] ?? 'fetch',
    start: at === 4 ? 1 : 0,
    from: at * 40,
    to: at * 40 + length,
  })),
);

test('moments lie in their phases, all phases that have writes come in turn, and the seed decides', () => {
  fc.assert(
    fc.property(phases, fc.integer({ min: 1, max: 40 }), fc.nat(), (all, count, seed) => {
      const usable = all.filter(({ from, to }) => to > from);
      const cuts = chooseCuts(all, count, seed);
      expect(cuts).toHaveLength(usable.length === 0 ? 0 : count);
      for (const { phase, start, done } of cuts) {
        const own = usable.find(({ name }) => name === phase);
        expect(done).toBeGreaterThan(own?.from ?? NaN);
        expect(done).toBeLessThanOrEqual(own?.to ?? NaN);
        expect(start).toBe(own?.start);
      }
      expect(new Set(cuts.map(({ phase }) => phase)).size).toBe(Math.min(usable.length, count));
      expect(chooseCuts(all, count, seed)).toEqual(cuts);
    }),
  );
});

test('another seed gives other moments', () => {
  const all: Phase[] = [{ name: 'fetch', start: 0, from: 0, to: 1000 }];
  expect(chooseCuts(all, 5, 1)).not.toEqual(chooseCuts(all, 5, 2));
});
