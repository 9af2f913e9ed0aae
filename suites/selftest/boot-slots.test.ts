import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentOwner } from '../../harness/engine/owner.ts';
import { makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { type Verified, verifySystem } from './os-runs.ts';

/** `npm run verify:os` checks all that the image claims, suites/thorough images in which something is wrong. */
const CLAIMS = ['reproducible', 'boots', 'root-read-only', 'failed-update'];
/** As the boot loader counts. */
const COUNT = ['os-b+3.conf', 'os-b+2-1.conf', 'os-b+1-2.conf', 'os-b+0-3.conf'];

const owner = currentOwner('slots-selftest');
let scratch = '';
let verified: Verified;
beforeAll(async () => {
  scratch = await makeScratch(owner, 'slots-selftest');
  verified = await verifySystem(scratch, CLAIMS, 'ab');
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

interface Tried {
  good: string;
  releases: { release: string; image: string; running: string; entries: string[][] }[];
}

test('an image for two slots comes up by its own boot loader, and leaves releases that do not', () => {
  const { cells } = verified;
  expect(cells.map(({ claim, verdict, summary }) => [claim, verdict, summary])).toEqual(
    CLAIMS.map((claim) => [claim, 'pass', expect.any(String) as string]),
  );
  expect(cells.find(({ claim }) => claim === 'boots')?.detail).toMatchObject({
    family: 'ab',
    entry: 'Debian GNU/Linux 12 (bookworm) (slot a)',
  });
  const { good, releases } = cells.find(({ claim }) => claim === 'failed-update')?.detail as unknown as Tried;
  expect(releases.map(({ release, running }) => [release, running])).toEqual([
    ['panics', good],
    ['unhealthy', good],
  ]);
  for (const { entries } of releases) {
    // It is offered first until it was given up.
    const seen = COUNT.map((name, done) => (done < 3 ? [name, 'os-a.conf'] : ['os-a.conf', name]));
    expect(entries).toEqual([...seen, ['os-a.conf', COUNT[3]]]);
  }
});
