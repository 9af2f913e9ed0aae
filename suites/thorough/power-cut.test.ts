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

describe.each([
  [
    'an ostree deployment',
    'default',
    'tells its disk to write nothing down',
    unit('careless', '/bin/mount -o remount,nobarrier /sysroot'),
  ],
  [
    'two slots',
    'ab',
    'takes nothing that it should write down for urgent',
    { 'usr/bin/sync': '#!/bin/sh\nexit 0\n' },
  ],
] as const)('a power cut of a system with %s', (_what, variant, fault, files) => {
  const made = setting(`power-cut-${variant}`, variant);

  test('in each phase of an update leaves the old or the new release, and writes are lost', () =>
    staysWhole(made.good, join(made.scratch, 'results')));

  test(`destroys one that ${fault}`, async () => {
    const careless = await derivedImage(made.good, join(made.scratch, 'careless'), { ...files });
    await breaks(careless, join(made.scratch, 'results'));
  });
});
