import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentOwner } from '../../harness/engine/owner.ts';
import { makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { derivedImage, unit } from '../selftest/os-images.ts';
import { booted, verdicts, verifySystem } from '../selftest/os-runs.ts';

const owner = currentOwner('power-cut');
const PHASES = ['fetch', 'stage', 'finalise', 'switch', 'first start'];

interface Cuts {
  untried: string[];
  cuts: { phase: string; lost: number; running: string | null; faults: string[] }[];
}

let scratch = '';
beforeAll(async () => {
  scratch = await makeScratch(owner, 'power-cut');
});
afterAll(async () => {
  await removeScratch(scratch);
});

async function cut(layout: string, cuts: number): Promise<{ verdict: string | undefined; detail: Cuts }> {
  const options = {
    results: join(scratch, 'results'),
    claims: ['power-cut'],
    more: ['--cuts', String(cuts)],
  };
  const { shown } = await booted(layout, options);
  return { verdict: verdicts(shown)['power-cut'], detail: shown.results[0]?.detail as unknown as Cuts };
}

/** The old or the new release runs after a cut in each phase. */
async function staysWhole(layout: string): Promise<void> {
  const { verdict, detail } = await cut(layout, PHASES.length);
  expect(detail.cuts.flatMap(({ faults }) => faults)).toEqual([]);
  expect(verdict).toBe('pass');
  expect(detail.cuts.map(({ phase }) => phase)).toEqual(PHASES);
  expect(detail.untried).toEqual([]);
  expect(detail.cuts.some(({ lost }) => lost > 0)).toBe(true);
}

/** Something is wrong after one of so many cuts. @returns what is */
async function breaks(layout: string, cuts: number): Promise<string[]> {
  const { verdict, detail } = await cut(layout, cuts);
  expect(verdict).toBe('fail');
  return detail.cuts.flatMap(({ faults }) => faults);
}

describe('a power cut', () => {
  let good = '';
  beforeAll(async () => {
    good = process.env.TWINPROOF_OS_IMAGE ?? (await verifySystem(scratch, ['reproducible'])).layout;
  }, 1_800_000);

  test('in each phase of an update leaves the old or the new release, and writes are lost', () =>
    staysWhole(good));

  test('destroys a system that tells its disk to write nothing down', async () => {
    const files = unit('careless', '/bin/mount -o remount,nobarrier /sysroot');
    const faults = await breaks(await derivedImage(good, join(scratch, 'careless'), files), 3);
    expect(faults.length).toBeGreaterThan(0);
  });
});

describe('a power cut of a system with two slots', () => {
  let good = '';
  beforeAll(async () => {
    good = process.env.TWINPROOF_SLOTS_IMAGE ?? (await verifySystem(scratch, ['reproducible'], 'ab')).layout;
  }, 1_800_000);

  test('in each phase of an update leaves the old or the new release, and writes are lost', () =>
    staysWhole(good));
});
