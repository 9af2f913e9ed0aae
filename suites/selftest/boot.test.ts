import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentOwner } from '../../harness/engine/owner.ts';
import { listScratch, makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { derivedImage, unit } from './os-images.ts';
import { openBrowser, openPage } from './browser.ts';
import { type Verified, booted, summary, verdicts, verifySystem } from './os-runs.ts';
import { temporaryFolder, twinproof } from './support.ts';

/** What the good image passes; other bad images than these are in suites/thorough. */
const CLAIMS = [
  'boots',
  'kernel',
  'same-image',
  'root-read-only',
  'state-writable',
  'update',
  'rollback',
  'identity',
];
const owner = currentOwner('boot-selftest');

interface Kernel {
  kernel: string;
  origin: { url: string; kernel: string };
}

let scratch = '';
let verified: Verified;
beforeAll(async () => {
  scratch = await makeScratch(owner, 'boot-selftest');
  verified = await verifySystem(scratch, ['reproducible', 'hermetic', 'locked', ...CLAIMS]);
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

describe('an operating system', () => {
  test('that is as it must be is equal in both builds, passes every claim, and leaves no machine behind', async () => {
    expect(verified.cells.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(verified.cells.map(({ claim }) => claim)).toEqual(expect.arrayContaining(CLAIMS));
    expect(verified.exitCode).toBe(0);
    const boots = verified.cells.find(({ claim }) => claim === 'boots');
    expect(boots?.evidence).toEqual([
      expect.objectContaining({ name: 'console', mediaType: 'text/plain' }),
      expect.objectContaining({ name: 'screen', mediaType: 'image/png' }),
    ]);
    expect(boots?.detail).toMatchObject({ family: 'ostree', systemd: '252', state: 'running' });
    const kernel = verified.cells.find(({ claim }) => claim === 'kernel')?.detail as unknown as Kernel;
    expect(kernel.origin.url).toMatch(/\/linux-image-.*\.deb$/);
    expect(kernel.origin.kernel).toBe(kernel.kernel);
    const own = (await listScratch()).filter((one) => one.owner?.run === verified.run);
    const folders = own.map(({ folder }) => basename(folder));
    expect(folders.filter((name) => /^(machine|disk)-/.test(name))).toEqual([]);
  });

  test('has a page that tells how it came up, what was on its screen, and how it was updated', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'page.html');
    await twinproof(['report', join(scratch, 'runs', verified.run), '--format', 'html', '--out', file]);
    const browser = await openBrowser();
    const cell = (claim: string): string =>
      `#cell=${encodeURIComponent(`${verified.cells[0]?.subject ?? ''} ${claim}`)}`;
    const boots = await openPage(browser, file, cell('boots'));
    const story = boots.page.getByRole('dialog');
    expect((await story.locator('.legend li').allInnerTexts()).join()).toMatch(
      /kernel .* s,.*userspace .* s/,
    );
    const screen = story.getByRole('img', { name: 'screen' });
    expect(await screen.evaluate((image) => Reflect.get(image, 'naturalWidth') as number)).toBeGreaterThan(
      100,
    );
    await story.getByText('console').first().click();
    expect(await story.locator('pre.log').innerText()).toMatch(/Reached target .*Login Prompts/);
    const update = await openPage(browser, file, cell('update'));
    const rows = update.page.getByRole('dialog').locator('h3 ~ .scroll').first().locator('tbody tr th');
    expect(await rows.allInnerTexts()).toEqual(['before', 'staged', 'after']);
    expect([...boots.complaints, ...update.complaints]).toEqual([]);
    await browser.close();
  });

  // The two bad ones run side by side: a machine has one processor where it is emulated.
  test.concurrent('whose /usr was made writable is not read-only, and boots', async () => {
    const files = unit('opening', '/bin/mount -o remount,rw /usr');
    const layout = await derivedImage(verified.layout, join(scratch, 'opening'), files);
    const claims = ['boots', 'root-read-only'];
    const { exitCode, shown } = await booted(layout, { results: join(scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual({ boots: 'pass', 'root-read-only': 'fail' });
    expect(summary(shown, 'root-read-only')).toMatch(/in \/usr by root: allowed/);
    expect(exitCode).toBe(1);
  });

  test.concurrent('whose kernel panics does not boot, and nothing else is decided', async () => {
    const files = unit('panic', "/bin/sh -c 'echo c > /proc/sysrq-trigger'");
    const layout = await derivedImage(verified.layout, join(scratch, 'panic'), files);
    const claims = ['boots', 'same-image', 'root-read-only', 'state-writable'];
    const { exitCode, shown } = await booted(layout, { results: join(scratch, 'results'), claims });
    const others = claims.map((claim) => [claim, 'error']);
    expect(verdicts(shown)).toEqual({ ...Object.fromEntries(others), boots: 'fail' });
    expect(summary(shown, 'boots')).toContain('kernel-');
    expect(exitCode).toBe(1);
  });
});

test('an image that is no operating system is unsupported, with the reason', async () => {
  await using folder = await temporaryFolder();
  const layout = join(folder.path, 'empty');
  await execa('umoci', ['init', '--layout', layout]);
  await execa('umoci', ['new', '--image', `${layout}:x`]);
  const { exitCode, stdout } = await twinproof(['boot', `oci:${layout}:x`]);
  expect(stdout.split('\n')[0]).toBe(
    'error unsupported boots: the image cannot be put on a disk: it has no kernel in /usr/lib/modules',
  );
  expect(exitCode).toBe(2);
});
