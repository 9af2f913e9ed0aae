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
const GOOD = {
  boots: 'pass',
  'same-image': 'pass',
  'root-read-only': 'pass',
  'state-writable': 'pass',
  update: 'pass',
  rollback: 'pass',
  identity: 'pass',
};
/** Claims that take little time in a machine whose processor is emulated. */
const QUICK = ['boots', 'root-read-only'];

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
  next?: string,
): Promise<{ exitCode: number | undefined; shown: Shown }> {
  const options = ['--accel', 'tcg', '--json', '--results', join(scratch, 'results')];
  const chosen = claims.flatMap((claim) => ['--claim', claim]);
  const update = next === undefined ? [] : ['--update', `oci:${next}`];
  const run = await twinproof(['boot', `oci:${layout}`, ...options, ...chosen, ...update]);
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
    [
      'rollback',
      unit('forgetting', "/bin/sh -c 'ostree admin undeploy 1 || true'"),
      /the previous system was not kept/,
    ],
    [
      'identity',
      { 'etc/machine-id': '0123456789abcdef0123456789abcdef\n' },
      /a clone has the same machine-id/,
    ],
  ])('turns %s red, and no other, when that alone is broken', async (claim, files, reason) => {
    const layout = await derivedImage(good, join(scratch, claim), files);
    // What takes long goes well in the good image.
    const claims = claim === 'rollback' ? ['boots', 'update', claim] : [...new Set([...QUICK, claim])];
    const { exitCode, shown } = await booted(layout, claims);
    const expected = Object.fromEntries(claims.map((one) => [one, one === claim ? 'fail' : 'pass']));
    expect(verdicts(shown)).toEqual(expected);
    expect(summary(shown, claim)).toMatch(reason);
    expect(exitCode).toBe(1);
  });

  test('whose next release overwrites what the user changed turns update red', async () => {
    const next = await derivedImage(good, join(scratch, 'next'), {
      'etc/gai.conf': '# next\n',
      'etc/host.conf': '# next\n',
      ...unit(
        'overwriting',
        "/bin/sh -c 'cd /usr/etc && find . -type f ! -name machine-id -exec cp -a --parents -t /etc {} +'",
      ),
    });
    const { shown } = await booted(good, ['boots', 'update'], next);
    expect(verdicts(shown)).toEqual({ boots: 'pass', update: 'fail' });
    expect(summary(shown, 'update')).toMatch(
      /\/etc\/host\.conf, changed by both, is not as the user left it/,
    );
  });

  test('whose kernel panics does not boot, and nothing else is decided', async () => {
    const files = unit('panic', "/bin/sh -c 'echo c > /proc/sysrq-trigger'");
    const { exitCode, shown } = await booted(await derivedImage(good, join(scratch, 'panic'), files));
    const others = Object.keys(GOOD).map((claim) => [claim, 'error']);
    expect(verdicts(shown)).toEqual({ ...Object.fromEntries(others), boots: 'fail' });
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
