import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCatalog } from '../../../harness/catalog/load.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { listScratch, makeScratch, removeScratch } from '../../../harness/engine/scratch.ts';
import { type Run, readRun } from '../../../harness/record/reader.ts';
import { openBrowser, openPage } from '../selftest/browser.ts';
import { derivedImage, unit } from '../selftest/os-images.ts';
import { type Verified, booted, summary, verdicts, verifySystem } from '../selftest/os-runs.ts';
import { ROOT, temporaryFolder, twinproof } from '../selftest/support.ts';
import { compareText } from '../../../harness/model/text-order.ts';
import { CLAIMS as ALL_CLAIMS } from '../../../harness/claims/registry.ts';

const CATALOG = 'fixtures/bundled.catalog.yaml';

/** What the operating system is held to here; the rest, and more images that are bad, is in suites/tests/thorough. */
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

async function containersOfCatalog(): Promise<string[]> {
  const { subjects } = await loadCatalog(join(ROOT, CATALOG), { claims: ALL_CLAIMS });
  return subjects.filter(({ claims }) => claims.runs?.made === true).map(({ id }) => id);
}

/** What the summary of a run says of one claim on one subject. */
interface Cell {
  subject: string;
  keyDigest: string;
}

interface Containers {
  exitCode: number | undefined;
  run: Run;
  cells: Cell[];
}

async function verifyContainers(subjects: string[], results: string, ...args: string[]): Promise<Containers> {
  const selected = subjects.flatMap((id) => ['--image', id]);
  const options = ['--results', results, '--json', ...selected, ...args];
  const { exitCode, stdout, stderr } = await twinproof(['verify', CATALOG, ...options]);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const { cells } = JSON.parse(stdout) as { cells: Cell[] };
  return { exitCode, run, cells };
}

const withoutKey = (cell: Cell): object => ({ ...cell, keyDigest: '' });

const configs = (run: Run): [string, string | null | undefined][] =>
  [...run.twins.values()]
    .map(({ subject, builds }): [string, string | null | undefined] => [subject, builds[0]?.config])
    .sort(([a], [b]) => compareText(a, b));

interface Kernel {
  kernel: string;
  origin: { url: string; kernel: string };
}

const owner = currentOwner('bundled-selftest');
let scratch = '';
let all: string[] = [];
let containers: Containers;
let system: Verified;
beforeAll(async () => {
  scratch = await makeScratch(owner, 'bundled-selftest');
  all = await containersOfCatalog();
  // Side by side, as `npm run verify` does it: a machine takes one processor, and long.
  const first = verifyContainers(all, join(scratch, 'containers'));
  const booting = verifySystem(scratch, ['reproducible', 'hermetic', 'locked', ...CLAIMS]);
  await Promise.allSettled([first, booting]);
  [containers, system] = [await first, await booting];
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

test('each container passes everywhere', () => {
  const { run, exitCode } = containers;
  const notPassed = [...run.cells.values()].filter(({ verdict }) => verdict !== 'pass');
  expect(notPassed.map((cell) => `${cell.subject} ${cell.claim}: ${cell.summary}`)).toEqual([]);
  expect(exitCode).toBe(0);
  const subjects = new Set(run.header.cells.map(({ subject }) => subject));
  expect(subjects.size).toBeGreaterThanOrEqual(12);
  expect(new Set([...subjects].map((subject) => subject.split('/')[0])).size).toBeGreaterThanOrEqual(9);
  expect(run.cells.size).toBeGreaterThanOrEqual(12 * 3);
});

test('the operating system is equal in both builds, passes every claim, and leaves no machine behind', async () => {
  expect(system.cells.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(system.cells.map(({ claim }) => claim)).toEqual(expect.arrayContaining(CLAIMS));
  expect(system.exitCode).toBe(0);
  const boots = system.cells.find(({ claim }) => claim === 'boots');
  expect(boots?.evidence).toEqual([
    expect.objectContaining({ name: 'console', mediaType: 'text/plain' }),
    expect.objectContaining({ name: 'screen', mediaType: 'image/png' }),
  ]);
  expect(boots?.detail).toMatchObject({ family: 'ostree', systemd: '252', state: 'running' });
  const kernel = system.cells.find(({ claim }) => claim === 'kernel')?.detail as unknown as Kernel;
  expect(kernel.origin.url).toMatch(/\/linux-image-.*\.deb$/);
  expect(kernel.origin.kernel).toBe(kernel.kernel);
  const own = (await listScratch()).filter((one) => one.owner?.run === system.run);
  const folders = own.map(({ folder }) => basename(folder));
  expect(folders.filter((name) => /^(machine|disk)-/.test(name))).toEqual([]);
});

test('the page tells how the system came up, what was on its screen, and how it was updated', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'page.html');
  await twinproof(['report', join(scratch, 'runs', system.run), '--format', 'html', '--out', file]);
  const browser = await openBrowser();
  const cell = (claim: string): string =>
    `#cell=${encodeURIComponent(`${system.cells[0]?.subject ?? ''} ${claim}`)}`;
  const boots = await openPage(browser, file, cell('boots'));
  const story = boots.page.getByRole('dialog');
  expect((await story.locator('.legend li').allInnerTexts()).join()).toMatch(/kernel .* s,.*userspace .* s/);
  const screen = story.getByRole('img', { name: 'screen' });
  const width = await screen.evaluate((image) => Reflect.get(image, 'naturalWidth') as number);
  expect(width).toBeGreaterThan(100);
  await story.getByText('console').first().click();
  expect(await story.locator('pre.log').innerText()).toMatch(/Reached target .*Login Prompts/);
  const update = await openPage(browser, file, cell('update'));
  const rows = update.page.getByRole('dialog').locator('h3 ~ .scroll').first().locator('tbody tr th');
  expect(await rows.allInnerTexts()).toEqual(['before', 'staged', 'after']);
  expect([...boots.complaints, ...update.complaints]).toEqual([]);
  await browser.close();
});

// These three run side by side.

test.concurrent('some containers verified again are the same images, with the same summary', async () => {
  // In other environments: what was varied between the twins of the first run is the same for both here. Not all of them
  // again, for that takes as long as the first time: some, with debs and with RPMs, to run things and to build them.
  const some = all.filter((_, index) => index % 4 === 0);
  const again = await verifyContainers(some, join(scratch, 'again'), '--vary', 'none');
  expect(configs(again.run)).toEqual(configs(containers.run).filter(([subject]) => some.includes(subject)));
  const before = containers.cells.filter(({ subject }) => some.includes(subject));
  expect(again.cells.map(withoutKey)).toEqual(before.map(withoutKey));
  // What was built in other environments has another key, so that the results cannot be taken for one another.
  for (const [index, { keyDigest }] of again.cells.entries())
    expect(keyDigest).not.toBe(before[index]?.keyDigest);
});

test.concurrent('a system whose /usr was made writable is not read-only, and boots', async () => {
  const files = unit('opening', '/bin/mount -o remount,rw /usr');
  const layout = await derivedImage(system.layout, join(scratch, 'opening'), files);
  const claims = ['boots', 'root-read-only'];
  const { exitCode, shown } = await booted(layout, { results: join(scratch, 'results'), claims });
  expect(verdicts(shown)).toEqual({ boots: 'pass', 'root-read-only': 'fail' });
  expect(summary(shown, 'root-read-only')).toMatch(/in \/usr by root: allowed/);
  expect(exitCode).toBe(1);
});

test.concurrent('a system whose kernel panics does not boot, and nothing else is decided', async () => {
  const files = unit('panic', "/bin/sh -c 'echo c > /proc/sysrq-trigger'");
  const layout = await derivedImage(system.layout, join(scratch, 'panic'), files);
  const claims = ['boots', 'same-image', 'root-read-only', 'state-writable'];
  const { exitCode, shown } = await booted(layout, { results: join(scratch, 'results'), claims });
  const others = claims.map((claim) => [claim, 'error']);
  expect(verdicts(shown)).toEqual({ ...Object.fromEntries(others), boots: 'fail' });
  expect(summary(shown, 'boots')).toContain('kernel-');
  expect(exitCode).toBe(1);
});
