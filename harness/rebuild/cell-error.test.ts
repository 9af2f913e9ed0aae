import { expect, test } from 'vitest';
import { type ErrorCode, TwinproofError } from '../errors.ts';
import { cellError } from './cell-error.ts';

test.each<[ErrorCode, string]>([
  ['storage', 'storage'],
  ['image-invalid', 'image-invalid'],
  ['lock-invalid', 'lock-invalid'],
  ['catalog-invalid', 'catalog-invalid'],
  ['unsupported', 'unsupported'],
  ['usage', 'internal'],
])('a cell says of %s that it is %s', (code, said) => {
  const error = new TwinproofError(code, 'no room', { where: 'a/b:1', hint: 'make some' });
  expect(cellError(error)).toEqual({ code: said, message: 'a/b:1: no room', hint: 'make some' });
});

test('what is none of ours is a fault of this program', () => {
  expect(cellError(new TypeError('x is undefined'))).toEqual({ code: 'internal', message: 'x is undefined' });
});
