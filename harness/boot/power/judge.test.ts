import { describe, expect, test } from 'vitest';
import { type AfterCut, cutFaults } from './judge.ts';

const expected = { from: 'v1', to: 'v2', state: 'running' };
const OLD: AfterCut = {
  unreachable: null,
  again: null,
  running: 'v1',
  state: 'running',
  marked: true,
  store: { check: null, unread: null },
  fileSystem: null,
  back: null,
};
const NEW: AfterCut = { ...OLD, running: 'v2', back: { running: 'v1' } };

describe('after a power cut', () => {
  test('the old or the new release may run', () => {
    expect(cutFaults(OLD, expected)).toEqual([]);
    expect(cutFaults(NEW, expected)).toEqual([]);
  });

  test.each<[string, AfterCut, RegExp]>([
    ['nothing starts', { ...OLD, unreachable: 'no answer' }, /does not start: no answer/],
    ['something else runs', { ...OLD, running: 'v0' }, /runs v0/],
    ['it does not say what runs', { ...OLD, running: '' }, /runs nothing/],
    ['units fail', { ...OLD, state: 'degraded' }, /systemd says degraded/],
    ['state is lost', { ...NEW, marked: false }, /what was in \/var is lost/],
    [
      'the store is broken',
      { ...OLD, store: { check: 'object missing', unread: null } },
      /the store: object missing/,
    ],
    ['the file system is broken', { ...OLD, fileSystem: 'e2fsck failed' }, /the file system: e2fsck failed/],
    ['there is no rollback', { ...NEW, back: { reason: 'no second entry' } }, /no second entry/],
    ['the rollback leads elsewhere', { ...NEW, back: { running: 'v2' } }, /not the old release/],
    ['nobody looked for a rollback', { ...NEW, back: null }, /nobody looked/],
  ])('it is at fault when %s', (_what, found, reason) => {
    const faults = cutFaults(found, expected);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });

  test.each<[string, AfterCut['again'], string]>([
    ['nothing', { reason: 'no answer' }, 'nor does it when it is started once more'],
    ['the old release', { running: 'v1' }, 'started once more, it runs the old release'],
    ['the new release', { running: 'v2' }, 'started once more, it runs the new release'],
    ['something else', { running: 'v0' }, 'started once more, it runs v0'],
  ])('it is at fault when it does not start, also when a reboot brings %s', (_what, again, reported) => {
    const faults = cutFaults({ ...OLD, unreachable: 'no answer', again }, expected);
    expect(faults).toEqual(['it does not start: no answer', reported]);
  });
});
