import { describe, expect, test } from 'vitest';
import { depthOf, leastDepth } from './depth.ts';

const cells = (...claims: string[]) => claims.map((claim) => ({ subject: 's', claim }));
const LONG = ['power-cut', 'failed-update'];

describe('the depth of a run', () => {
  test.each([
    ['nothing takes long', cells('boots'), LONG, {}],
    ['what takes long is left out', cells('boots', 'power-cut'), LONG, { depth: 'standard' }],
    ['all of it is checked', cells('boots', 'power-cut'), [], { depth: 'thorough' }],
    ['one was asked for by name', cells('power-cut'), ['failed-update'], { depth: 'thorough' }],
  ])('where %s', (_what, planned, leftOut, depth) => {
    expect(depthOf(planned, { claims: LONG, leftOut })).toEqual(depth);
  });

  test('of several is the least', () => {
    expect(leastDepth([{}, { depth: 'thorough' }])).toEqual({ depth: 'thorough' });
    expect(leastDepth([{ depth: 'thorough' }, { depth: 'standard' }])).toEqual({ depth: 'standard' });
    expect(leastDepth([{}, {}])).toEqual({});
  });
});
