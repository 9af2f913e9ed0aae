import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonPieces } from './json-output.ts';

it('gives what JSON.stringify gives, in pieces', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, null, 2));
    }),
  );
  const gaps = { a: undefined, b: [{ c: undefined, d: 'x\ny' }], e: [], f: {}, g: null };
  expect([...jsonPieces(gaps)].join('')).toBe(JSON.stringify(gaps, null, 2));
});
