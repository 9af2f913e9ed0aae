import { expect, test } from 'vitest';
import { HUNG } from '../families/scripts.ts';
import { type Offered, reasonFaults, refusalFaults } from './offered.ts';

const GOOD: Offered = { refused: 'Corrupted file object', running: 'v1', deployments: ['v1'] };
const BEFORE = { from: 'v1', taken: 'it was taken' };

test('a release that was refused has no faults', () => {
  expect(refusalFaults(GOOD, BEFORE)).toEqual([]);
});

test.each<[string, Partial<Offered>, RegExp]>([
  ['is taken', { refused: null }, /was taken/],
  ['hangs, which is no refusal', { refused: HUNG }, /neither taken nor refused/],
  ['runs', { running: 'v2' }, /runs v2/],
  ['is to be started', { deployments: ['v2', 'v1'] }, /other systems to start/],
])('it is at fault when it %s', (_what, change, reason) => {
  const faults = refusalFaults({ ...GOOD, ...change }, BEFORE);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(reason);
});

test.each<[string, Offered['refused'], RegExp | null, number]>([
  ['for what is bad in it', 'DOWNLOAD INVALID: Signature verification failed', /signature/i, 0],
  ['for something else', 'Connection refused', /signature/i, 1],
  ['in words that are not known', 'Connection refused', null, 0],
  ['never: it was taken', null, /signature/i, 0],
  ['never: it hung', HUNG, /signature/i, 0],
])('a release that is refused %s', (_what, refused, why, faults) => {
  expect(reasonFaults({ ...GOOD, refused }, why, 'it')).toHaveLength(faults);
});
