import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCause } from './search.ts';

/** A build whose result changes when all of `cause` are varied. */
async function search(count: number, cause: number[]) {
  const asked: (readonly number[])[] = [];
  const variations = Array.from({ length: count }, (_, index) => index);
  const found = await findCause(variations, (set) => {
    asked.push(set);
    return Promise.resolve(cause.every((variation) => set.includes(variation)));
  });
  if (found === null) throw new Error('nothing was found');
  return { found, asked };
}

const single = fc
  .integer({ min: 1, max: 40 })
  .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 0, max: count - 1 })));

test('finds a single variation with at most ⌈log₂ n⌉ + 1 questions, and shows the flip of it alone', async () => {
  await fc.assert(
    fc.asyncProperty(single, async ([count, variation]) => {
      const { found, asked } = await search(count, [variation]);
      expect(found.variations).toEqual([variation]);
      expect(found.differing).toEqual([variation]);
      expect(asked.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 1);
    }),
  );
});

test('with a control pair it stays within ⌈log₂ variations⌉ + 3 builds, for the default variations of bisect and for all', async () => {
  for (const count of [16, 17]) {
    for (let variation = 0; variation < count; variation += 1) {
      const { asked } = await search(count, [variation]);
      expect(2 + asked.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 3);
    }
  }
});

test('finds that nothing makes a difference with at most one question more than for a single variation', async () => {
  for (let count = 0; count < 20; count += 1) {
    let questions = 0;
    const variations = Array.from({ length: count }, (_, index) => index);
    const found = await findCause(variations, () => Promise.resolve(questions++ < 0));
    expect(found).toBeNull();
    expect(questions).toBeLessThanOrEqual(Math.ceil(Math.log2(Math.max(count, 1))) + 2);
  }
});

const several = fc
  .integer({ min: 2, max: 18 })
  .chain((count) =>
    fc.tuple(
      fc.constant(count),
      fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 2, maxLength: 3 }),
    ),
  );

test('names all of several variations that only differ together, and none besides', async () => {
  await fc.assert(
    fc.asyncProperty(several, async ([count, cause]) => {
      const { found } = await search(count, cause);
      expect(found.variations.toSorted((a, b) => a - b)).toEqual(cause.toSorted((a, b) => a - b));
    }),
  );
});

test('asks for no set twice, and proves by two sets that differ in one variation', async () => {
  await fc.assert(
    fc.asyncProperty(several, async ([count, cause]) => {
      const { found, asked } = await search(count, cause);
      const keys = asked.map((set) => [...set].sort((a, b) => a - b).join());
      expect(new Set(keys).size).toBe(keys.length);
      const more = found.differing.filter((variation) => !found.equal.includes(variation));
      expect(more).toHaveLength(1);
      expect(cause.every((variation) => found.differing.includes(variation))).toBe(true);
      expect(cause.every((variation) => found.equal.includes(variation))).toBe(false);
    }),
  );
});

test('of two variations that each make a difference it names one', async () => {
  const found = await findCause([0, 1, 2, 3], (set) => Promise.resolve(set.includes(1) || set.includes(3)));
  expect([[1], [3]]).toContainEqual(found?.variations);
});
