import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairItems } from './align.ts';
import { jsonDiff } from './json-diff.ts';

const step = (created_by: string, created = 'x'): { created_by: string; created: string } => ({
  created_by,
  created,
});

describe('lists of two documents', () => {
  test('of one length are compared by position', () => {
    expect(jsonDiff(['a', 'b'], ['b', 'a'])).toEqual([
      { pointer: '/0', a: 'a', b: 'b' },
      { pointer: '/1', a: 'b', b: 'a' },
    ]);
  });

  test('of which one has one item more differ in that one', () => {
    const [a, b] = [
      [step('FROM'), step('ENV'), step('RUN')],
      [step('FROM'), step('RUN', 'y')],
    ];
    expect(jsonDiff(a, b)).toEqual([
      { pointer: '/1', a: step('ENV') },
      { pointer: '/2/created', a: 'x', b: 'y' },
    ]);
    expect(jsonDiff(['a', 'b'], ['x', 'a', 'b'])).toEqual([{ pointer: '/0', b: 'x' }]);
    expect(jsonDiff(['a'], [])).toEqual([{ pointer: '/0', a: 'a' }]);
  });

  test('are paired in order, each item once, and equal lists with themselves', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        const pairs = pairItems(a, b);
        expect(pairs.flatMap(([at]) => at ?? [])).toEqual(a.map((_, at) => at));
        expect(pairs.flatMap(([, at]) => at ?? [])).toEqual(b.map((_, at) => at));
        expect(jsonDiff(a, b).length === 0).toBe(a.join() === b.join());
      }),
    );
  });
});
