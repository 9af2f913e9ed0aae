import { expect, test } from 'vitest';
import { type Tampered, tamperedFaults } from './tampered.ts';

const GOOD: Tampered = { refused: 'Corrupted file object', running: 'v1', deployments: ['v1'] };

test('an update that was changed on the way and refused has no faults', () => {
  expect(tamperedFaults(GOOD, 'v1')).toEqual([]);
});

test.each<[string, Partial<Tampered>, RegExp]>([
  ['is taken', { refused: null }, /was taken/],
  ['runs', { running: 'v2' }, /runs v2/],
  ['is to be started', { deployments: ['v2', 'v1'] }, /other systems to start/],
])('it is at fault when it %s', (_what, change, reason) => {
  const faults = tamperedFaults({ ...GOOD, ...change }, 'v1');
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(reason);
});
