import { expect, test } from 'vitest';
import { HUNG } from '../families/scripts.ts';
import { type NoRoom, noRoomFaults } from './no-room.ts';

const GOOD: NoRoom = {
  left: 0,
  refused: 'No space left on device',
  running: 'v1',
  deployments: ['v1'],
  restarted: { running: 'v1', state: 'running', check: null, unread: null },
  retried: null,
  state: 'running',
};
const restarted = (change: Partial<NonNullable<NoRoom['restarted']>>): Partial<NoRoom> => ({
  restarted: { running: 'v1', state: 'running', check: null, unread: null, ...change },
});

test('an update that is refused, changes nothing and is taken later has no faults', () => {
  expect(noRoomFaults(GOOD, 'v1')).toEqual([]);
});

test.each<[string, Partial<NoRoom>, RegExp]>([
  ['there was room', { left: 10_000_000 }, /could not be filled/],
  ['nobody can say how much room', { left: NaN }, /could not be filled/],
  ['it hangs, which is no refusal', { refused: HUNG }, /neither taken nor refused/],
  ['it is taken', { refused: null }, /said to be taken/],
  ['something else runs', { running: 'v2' }, /runs v2/],
  ['half of it is to be started', { deployments: ['v2', 'v1'] }, /other systems to start/],
  ['nothing is to be started', { deployments: [] }, /other systems to start/],
  ['it does not start again', { restarted: null, retried: 'no answer' }, /not start again: no answer/],
  ['it starts something else', restarted({ running: 'v2' }), /started again, it says that it runs v2/],
  ['it starts with failures', restarted({ state: 'degraded' }), /systemd says degraded/],
  ['the store is broken', restarted({ check: 'object missing' }), /store: object missing/],
  ['it is refused for ever', { retried: 'no' }, /with room again, the update is not taken: no/],
])('it is at fault when %s', (_what, change, reason) => {
  const faults = noRoomFaults({ ...GOOD, ...change }, 'v1');
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(reason);
});
