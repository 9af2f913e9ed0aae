import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { derivedImage, unit } from '../selftest/os-images.ts';
import { booted, verdicts } from '../selftest/os-runs.ts';
import { setting } from './setting.ts';

const PHASES = ['fetch', 'stage', 'finalise', 'switch', 'first start'];

interface Cuts {
  untried: string[];
  cuts: { phase: string; lost: number; running: string | null; faults: string[] }[];
}

/** One cut in each phase. */
async function cut(layout: string, results: string): Promise<{ verdict: string | undefined; detail: Cuts }> {
  const more = ['--cuts', String(PHASES.length)];
  const { shown } = await booted(layout, { results, claims: ['power-cut'], more });
  return { verdict: verdicts(shown)['power-cut'], detail: shown.results[0]?.detail as unknown as Cuts };
}

async function staysWhole(layout: string, results: string): Promise<void> {
  const { verdict, detail } = await cut(layout, results);
  expect(detail.cuts.flatMap(({ faults }) => faults)).toEqual([]);
  expect(verdict).toBe('pass');
  expect(detail.cuts.map(({ phase }) => phase)).toEqual(PHASES);
  expect(detail.untried).toEqual([]);
  expect(detail.cuts.some(({ lost }) => lost > 0)).toBe(true);
}

async function breaks(layout: string, results: string): Promise<void> {
  const { verdict, detail } = await cut(layout, results);
  expect(verdict).toBe('fail');
  expect(detail.cuts.flatMap(({ faults }) => faults)).not.toEqual([]);
}

describe('a power cut of a system with an ostree deployment', () => {
  const made = setting('power-cut', 'default');

  test('in each phase of an update leaves the old or the new release, and writes are lost', () =>
    staysWhole(made.good, join(made.scratch, 'results')));

  test('destroys one that tells its disk to write nothing down', async () => {
    const files = unit('careless', '/bin/mount -o remount,nobarrier /sysroot');
    const careless = await derivedImage(made.good, join(made.scratch, 'careless'), files);
    await breaks(careless, join(made.scratch, 'results'));
  });
});
