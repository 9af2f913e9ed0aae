import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentOwner } from '../../harness/engine/owner.ts';
import { makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { derivedImage } from '../selftest/os-images.ts';
import { booted, summary, verdicts, verifySystem } from '../selftest/os-runs.ts';

const owner = currentOwner('os-slots');
let scratch = '';
let good = '';
beforeAll(async () => {
  scratch = await makeScratch(owner, 'os-slots');
  // Building it takes long, and each test by itself does not.
  good = process.env.TWINPROOF_SLOTS_IMAGE ?? (await verifySystem(scratch, ['reproducible'], 'ab')).layout;
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

describe('an operating system for two slots', () => {
  test('whose boot loader is given no number of tries starts a bad release for ever, which is red', async () => {
    const layout = await derivedImage(good, join(scratch, 'uncounted'), { 'etc/kernel/.wh.tries': '' });
    const claims = ['boots', 'root-read-only', 'failed-update'];
    const { exitCode, shown } = await booted(layout, { results: join(scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual({ boots: 'pass', 'root-read-only': 'pass', 'failed-update': 'fail' });
    expect(summary(shown, 'failed-update')).toBe(
      'the release that cannot start was started 5 times, and nothing else',
    );
    const { releases } = shown.results.at(-1)?.detail as { releases: { entries: string[][] }[] };
    const names = new Set(releases.flatMap(({ entries }) => entries.flat()));
    expect([...names].sort()).toEqual(['os-a.conf', 'os-b.conf']);
    expect(exitCode).toBe(1);
  });
});
