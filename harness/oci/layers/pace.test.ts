import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { endPace, Pace, sharedPace } from './pace.ts';

const MiB = 2 ** 20;

it('lets the one that is ahead wait until the other has come near, or reads no more', async () => {
  const shared = sharedPace();
  const [a, b] = [new Pace(shared, 0), new Pace(shared, 1)];
  expect(a.step(3 * MiB)).toBeNull();
  let waiting = true;
  const wait = a.step(3 * MiB)?.then(() => (waiting = false));
  expect(b.step(MiB)).toBeNull();
  await setTimeout(30);
  expect(waiting).toBe(true);
  expect(b.step(MiB)).toBeNull();
  await wait;
  expect(waiting).toBe(false);
  const last = b.step(100 * MiB);
  expect(last).not.toBeNull();
  endPace(shared, 0);
  await last;
  expect(b.step(100 * MiB)).toBeNull();
});
