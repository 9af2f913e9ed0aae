import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CellResult } from '../../harness/record/events.ts';
import { readRun } from '../../harness/record/reader.ts';
import { currentOwner } from '../../harness/engine/owner.ts';
import { listScratch, makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { derivedImage, keptImage, unit } from './os-images.ts';
import { temporaryFolder, twinproof } from './support.ts';

const owner = currentOwner('boot-selftest');
/** All claims that `twinproof boot` checks, as they are for the good image. */
const GOOD = { boots: 'pass', 'same-image': 'pass', 'root-read-only': 'pass', 'state-writable': 'pass' };
/** Claims that take long in a machine whose processor is emulated. */
const SLOW = ['same-image', 'state-writable'];

interface Shown {
  image: string;
  results: {
    claim: string;
    verdict: string;
    summary: string;
    detail: Record<string, unknown>;
    evidence: object[];
  }[];
}

let scratch = '';
let good = '';
let verified: { run: string; exitCode: number | undefined; cells: CellResult[] };
beforeAll(async () => {
  scratch = await makeScratch(owner, 'boot-selftest');
  // That twins stay equal in differing environments is a matter of other tests.
  const options = ['--keep', '--vary', 'none', '--results', join(scratch, 'runs')];
  const { exitCode, stderr } = await twinproof(['verify', 'fixtures/os.catalog.yaml', ...options]);
  const folder = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  good = await keptImage(folder, join(scratch, 'image'));
  verified = { run: basename(folder), exitCode, cells: [...(await readRun(folder)).cells.values()] };
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

/** Puts an image on a disk, starts it and checks claims: all of them, unless told otherwise. */
async function booted(
  layout: string,
  claims: string[] = [],
): Promise<{ exitCode: number | undefined; shown: Shown }> {
  const options = ['--accel', 'tcg', '--json', '--results', join(scratch, 'results')];
  const chosen = claims.flatMap((claim) => ['--claim', claim]);
  const run = await twinproof(['boot', `oci:${layout}`, ...options, ...chosen]);
  if (run.stdout === '') throw new Error(run.stderr);
  return { exitCode: run.exitCode, shown: JSON.parse(run.stdout) as Shown };
}

const verdicts = ({ results }: Shown): Record<string, string> =>
  Object.fromEntries(results.map(({ claim, verdict }) => [claim, verdict]));

const summary = ({ results }: Shown, claim: string): string =>
  results.find((result) => result.claim === claim)?.summary ?? '';

describe('an operating system', () => {
  test('that is as it must be is equal in both builds, passes every claim, and leaves no machine behind', async () => {
    expect(verified.cells.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(verified.cells.map(({ claim }) => claim)).toEqual(expect.arrayContaining(Object.keys(GOOD)));
    expect(verified.exitCode).toBe(0);
    const boots = verified.cells.find(({ claim }) => claim === 'boots');
    expect(boots?.evidence).toEqual([
      expect.objectContaining({ name: 'console', mediaType: 'text/plain' }),
      expect.objectContaining({ name: 'screen', mediaType: 'image/png' }),
    ]);
    expect(boots?.detail).toMatchObject({ family: 'ostree', systemd: '252', state: 'running' });
    const own = (await listScratch()).filter((one) => one.owner?.run === verified.run);
    const folders = own.map(({ folder }) => basename(folder));
    expect(folders.filter((name) => /^(machine|disk)-/.test(name))).toEqual([]);
  });

  test.each([
    ['boots', unit('broken', '/bin/false'), /broken\.service/],
    [
      'same-image',
      unit(
        'covering',
        "/bin/sh -c 'mount --bind /usr/lib/sysctl.d /usr/lib/modprobe.d && mount -o remount,bind,ro /usr/lib/modprobe.d'",
      ),
      /modprobe\.d/,
    ],
    ['root-read-only', unit('opening', '/bin/mount -o remount,rw /usr'), /in \/usr by root: allowed/],
    [
      'state-writable',
      { 'etc/systemd/system/var.mount': '[Mount]\nWhat=tmpfs\nWhere=/var\nType=tmpfs\n' },
      /\/var lost what was written there/,
    ],
  ])(
    'turns %s red, and nothing else that is quickly checked, when that alone is broken',
    async (claim, files, reason) => {
      const layout = await derivedImage(good, join(scratch, claim), files);
      // Reading all files back and starting again take as long as all the rest; that they go well is seen in the good image.
      const claims = Object.keys(GOOD).filter((one) => one === claim || !SLOW.includes(one));
      const { exitCode, shown } = await booted(layout, claims);
      const others = Object.fromEntries(Object.entries(GOOD).filter(([one]) => claims.includes(one)));
      expect(verdicts(shown)).toEqual({ ...others, [claim]: 'fail' });
      expect(summary(shown, claim)).toMatch(reason);
      expect(exitCode).toBe(1);
    },
  );

  test('whose kernel panics does not boot, and nothing else is decided', async () => {
    const files = unit('panic', "/bin/sh -c 'echo c > /proc/sysrq-trigger'");
    const { exitCode, shown } = await booted(await derivedImage(good, join(scratch, 'panic'), files));
    expect(verdicts(shown)).toEqual({
      boots: 'fail',
      'same-image': 'error',
      'root-read-only': 'error',
      'state-writable': 'error',
    });
    expect(summary(shown, 'boots')).toContain('kernel-');
    expect(exitCode).toBe(2);
  });
});

test('an image that is no operating system is unsupported, with the reason', async () => {
  await using folder = await temporaryFolder();
  const { execa } = await import('execa');
  const layout = join(folder.path, 'empty');
  await execa('umoci', ['init', '--layout', layout]);
  await execa('umoci', ['new', '--image', `${layout}:x`]);
  const { exitCode, stdout } = await twinproof(['boot', `oci:${layout}:x`]);
  expect(stdout.split('\n')[0]).toBe(
    'error unsupported boots: the image cannot be put on a disk: it has no kernel in /usr/lib/modules',
  );
  expect(exitCode).toBe(2);
});
