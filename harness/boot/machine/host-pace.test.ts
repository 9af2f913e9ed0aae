import { expect, test } from 'vitest';
import type { Owner } from '../../engine/owner.ts';
import type { Proved } from './accelerator.ts';
import { HostPace, stretch, tooSlow, waitIn } from './host-pace.ts';

test.each([
  ['did not wait at all', 0, 1],
  ['waited half of the time', 45_000, 2],
  ['waited three quarters of it', 67_500, 4],
  ['waited longer than there was time, as clocks differ', 100_000, 100],
  ['went backwards', -5, 1],
])('who %s took so many times longer', (_what, waited, times) => {
  expect(stretch({ at: 0, waited: 1000 }, { at: 90_000, waited: 1000 + waited })).toBeCloseTo(times, 5);
});

test.each([
  ['as fast as limits are made for', 1, 1, null],
  ['a little slower', 1.4, 1, null],
  [
    "much slower, for a limit of the guest's own",
    4,
    1,
    'the host was 4.0 times slower than limits are made for',
  ],
  ['as slow as the limit allowed for', 4, 4, null],
  [
    'much slower than when the limit was set',
    6.5,
    2,
    'the host was 6.5 times slower than limits are made for, and the limit allowed for 2.0 times',
  ],
])('a host that is %s', (_what, slowness, allowed, reason) => {
  expect(tooSlow(slowness, allowed)).toBe(reason);
});

test('waiting is the second of three numbers, in nanoseconds', () => {
  expect(waitIn('81534062 3465855000 47\n')).toBeCloseTo(3465.855);
  expect(waitIn('')).toBe(0);
});

test('a process waits ever longer, and one that is not there does not', async () => {
  const pace = (pid: number | undefined): HostPace => new HostPace({} as Owner, {} as Proved, pid);
  const before = await pace(process.pid).now();
  const after = await pace(process.pid).now();
  expect(before.waited).toBeGreaterThan(0);
  expect(after.waited).toBeGreaterThanOrEqual(before.waited);
  expect((await pace(undefined).now()).waited).toBe(0);
});
