import { expect, test } from 'vitest';
import { type FellBack, type Try, fallBackFaults } from './fall-back.ts';

const OLD = `sha256:${'a'.repeat(64)}`;
const BAD = `sha256:${'b'.repeat(64)}`;
const failed: Try = { entries: ['os-b+3.conf', 'os-a.conf'], reason: 'the machine ended', console: 'panic' };
const up: Try = { entries: ['os-a.conf', 'os-b+0-3.conf'], reason: null, console: '' };

const fellBack = (changes: Partial<FellBack> = {}): FellBack => ({
  release: 'panics',
  image: BAD,
  refused: null,
  tries: [failed, failed, failed, up],
  entries: up.entries,
  running: OLD,
  state: 'running',
  ...changes,
});
const faults = (changes: Partial<FellBack>): string[] =>
  fallBackFaults(fellBack(changes), { image: OLD, state: 'running' });

test('the old release runs after failed starts of the bad one', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ tries: [failed, up], release: 'unhealthy' })).toEqual([]);
});

test.each<[string, Partial<FellBack>, string]>([
  [
    'is started for ever',
    { tries: [failed, failed, failed, failed, failed], running: null, state: null },
    'the release that cannot start was started 5 times, and nothing else',
  ],
  [
    'stays',
    { release: 'unhealthy', tries: [up], running: BAD, state: 'degraded' },
    'the release that starts with a failed unit stays',
  ],
  ['is refused', { refused: 'no room', tries: [] }, 'the release that cannot start was not taken: no room'],
  ['is never started', { tries: [up] }, 'the release that cannot start was never started'],
  [
    'leaves something else',
    { running: '' },
    'after the release that cannot start, it says that it runs nothing',
  ],
  ['leaves damage', { state: 'degraded' }, 'after the release that cannot start, systemd says degraded'],
])('a release that %s is a fault', (_what, changes, fault) => {
  expect(faults(changes)).toEqual([fault]);
});
