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
let good = '';
beforeAll(async () => {
  scratch = await makeScratch(owner, 'power-cut');
  good = process.env.TWINPROOF_OS_IMAGE ?? (await verifySystem(scratch, ['reproducible'])).layout;
}, 1_800_000);
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

describe('a power cut', () => {
  test('in each phase of an update leaves the old or the new release, and writes are lost', async () => {
    const { verdict, detail } = await cut(good, PHASES.length);
    expect(detail.cuts.flatMap(({ faults }) => faults)).toEqual([]);
    expect(verdict).toBe('pass');
    expect(detail.cuts.map(({ phase }) => phase)).toEqual(PHASES);
    expect(detail.untried).toEqual([]);
    expect(detail.cuts.some(({ lost }) => lost > 0)).toBe(true);
  });

  test('destroys a system that tells its disk to write nothing down', async () => {
    const files = unit('careless', '/bin/mount -o remount,nobarrier /sysroot');
    const { verdict, detail } = await cut(await derivedImage(good, join(scratch, 'careless'), files), 3);
    expect(verdict).toBe('fail');
    expect(detail.cuts.some(({ faults }) => faults.length > 0)).toBe(true);
  });
});
