import { expect, test } from 'vitest';
import { Registry } from './registry.ts';

const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id })) as [{ id: string }, { id: string }, { id: string }];
const registry = new Registry([b, a]);

test('parts keep their order, whatever the order in which they are asked for', () => {
  expect(registry.ids).toEqual(['b', 'a']);
  expect(registry.only(['a', 'b'])).toEqual([b, a]);
  expect(registry.only(['a', 'a'])).toEqual([a]);
});

test('what is added makes another registry', () => {
  expect(registry.with(c).ids).toEqual(['b', 'a', 'c']);
  expect(registry.ids).toEqual(['b', 'a']);
});

test('an id is given once, and one that nobody has is no part', () => {
  expect(() => registry.with({ id: 'a' })).toThrow('two parts have the id a');
  expect(registry.find('toString')).toBeUndefined();
  expect(() => registry.get('x')).toThrow('nothing has the id x; known are b, a');
  expect(() => registry.only(['a', 'x'])).toThrow('nothing has the id x');
});
