import { expect, test } from 'vitest';
import { Places } from './places.ts';

test('a twin may not be where another of its subject is, or was', () => {
  const places = new Places('apart');
  places.set('A', 'n1');
  expect(places.notFor('B')).toEqual(['n1']);
  expect(places.notFor('A')).toEqual([]);
  places.set('B', 'n2');
  expect(places.notFor('C')).toEqual(['n1', 'n2']);
  expect(places.metOn('n1', 'B')).toBe('A');
  expect(places.metOn('n2', 'B')).toBeNull();
  // Built again: where it was is free for the other.
  places.set('A', null);
  expect(places.notFor('B')).toEqual([]);
});

test('one node is enough where that is allowed', () => {
  const places = new Places('same-host');
  places.set('A', 'n1');
  expect(places.notFor('B')).toBeNull();
  expect(places.metOn('n1', 'B')).toBeNull();
});

test('the next twin waits until the one before has a node, or never will', async () => {
  const places = new Places('apart');
  const order: string[] = [];
  const waits = places.placed('A').then(() => order.push('placed'));
  order.push('set');
  places.set('A', 'n1');
  await waits;
  expect(order).toEqual(['set', 'placed']);
  const never = places.placed('B');
  places.ended('B');
  await never;
});
