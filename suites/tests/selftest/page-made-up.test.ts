import { appendFile, cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EvidenceStore } from '../../../harness/record/evidence.ts';
import { cell } from '../../../harness/testing/record/run.ts';
import type { CellResult } from '../../../harness/record/events.ts';
import { HOSTILE } from '../../../harness/testing/report/input.ts';
import { CLAIMS as CLAIMS_OF_ALL, systemClaims } from '../../../harness/claims/registry.ts';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { pageOf, record as recordIn } from './made-up.ts';
import { temporaryFolder } from './support.ts';

let browser: Browser;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  browser = await openBrowser();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await browser.close();
  await folder[Symbol.asyncDispose]();
});

const record = (name: string, cells: readonly CellResult[]): Promise<string> =>
  recordIn(folder.path, cells, { header: { run: name } });

const VERDICTS = ['pass', 'pass', 'pass', 'pass', 'fail', 'error', 'skipped'] as const;
const CLAIMS = Array.from({ length: 15 }, (_, index) => (index === 0 ? 'reproducible' : `claim-${index}`));
const many = (subjects: number): CellResult[] =>
  Array.from({ length: subjects }, (_, s) =>
    CLAIMS.map((claim, c) =>
      cell(`image-${s}/default@linux/amd64`, VERDICTS[(s * 7 + c * 3) % VERDICTS.length] ?? 'pass', {
        claim,
      }),
    ),
  ).flat();

test('10,000 cells: the page is there, filters, and opens the last cell', async () => {
  const file = await pageOf(await record('many', many(667)));
  const { page, complaints } = await openPage(browser, file);
  expect(await page.locator('#matrix tbody td').count()).toBe(667 * 15);
  await page.getByLabel('Search').fill('image-666');
  expect(await page.locator('#matrix tbody tr:visible').count()).toBe(1);
  await page.locator('#matrix tbody tr:visible a').last().click();
  await page.getByRole('dialog').getByText('Repeat it here').waitFor();
  expect(complaints).toEqual([]);
});

test('operating systems have a table of their own, in which all that is claimed of them is seen', async () => {
  const of = (subject: string, claims: readonly string[]): CellResult[] =>
    claims.map((claim) => cell(subject, claim === 'rollback' ? 'fail' : 'pass', { claim }));
  const all = ['reproducible', ...systemClaims(CLAIMS_OF_ALL).map(({ id }) => id)];
  const cells = [...of('os/default@linux/amd64', all), ...of('nginx/default@linux/amd64', ['reproducible'])];
  const { page, complaints } = await openPage(browser, await pageOf(await record('systems', cells)));
  await page.setViewportSize({ width: 1280, height: 900 });
  const heads = await page.getByRole('heading', { level: 2 }).allInnerTexts();
  expect(heads.slice(0, 2)).toEqual(['Images', 'Operating systems']);
  const last = page.locator('table').last();
  expect(await last.locator('thead th').allInnerTexts()).toEqual(['subject', ...all.slice(1)]);
  const frame = await page.locator('.matrix').last().boundingBox();
  expect((await last.boundingBox())?.width).toBeLessThanOrEqual(frame?.width ?? 0);
  expect(await page.locator('#shown').innerText()).toBe('2 subjects');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('checkbox', { name: 'fail' }).check();
  expect(await page.locator('#shown').innerText()).toBe('1 of 2 subjects');
  expect(await page.locator('#matrix tbody tr:visible').count()).toBe(1);
  await page.locator('#matrix td.v-fail a').click();
  expect(await page.locator('#story-title').innerText()).toBe('os/default@linux/amd64 · rollback');
  expect(complaints).toEqual([]);
});

test('the page tells how thorough the run was', async () => {
  const cut = cell('good', 'skipped', { claim: 'power-cut' });
  const header = { run: 'standard', depth: 'standard' as const };
  const file = await pageOf(await recordIn(folder.path, [cell('good', 'pass'), cut], { header }));
  const { page } = await openPage(browser, file);
  expect(await page.locator('dl.meta').innerText()).toMatch(/depth\s+standard/i);
});

test('hostile names run nothing, break nothing, and are seen for what they are', async () => {
  const bad = cell(HOSTILE, 'fail', {
    summary: HOSTILE,
    detail: {
      causes: [{ id: HOSTILE, fix: HOSTILE, evidence: HOSTILE, paths: [HOSTILE] }],
      [HOSTILE]: HOSTILE,
    },
  });
  const run = await record('hostile', [cell('good', 'pass'), bad, cell('x', 'fail', { claim: HOSTILE })]);
  const file = await pageOf(run);
  const { page, complaints } = await openPage(browser, file);
  await page.locator('#matrix td.v-fail a').first().click();
  await page.getByRole('dialog').waitFor();
  expect(await page.getByRole('dialog').locator('.verdict').textContent()).toContain('\\u{202e}');
  expect(await page.locator('script').count()).toBe(4);
  expect(await page.locator('img').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('the policy of the page stops a program that got into it all the same', async () => {
  const file = await pageOf(await record('policy', [cell('a', 'pass')]));
  await appendFile(
    file,
    '<script>document.title = "run"</script><img src="x" onerror="document.title = \'run\'">',
  );
  const { page, complaints } = await openPage(browser, file);
  expect(await page.title()).toBe('c: matrix');
  expect(complaints.join('\n')).toMatch(/Content Security Policy/);
});

test('a difference of 10^6 paths, 100 MB of evidence and bytes that are no text: bounded, and told', async () => {
  const path = join(folder.path, 'huge');
  const store = new EvidenceStore(path);
  const log = join(folder.path, 'log');
  await writeFile(log, Buffer.alloc(3_000_000, Buffer.from([0xff, 0x1b, 0x5b, 0x41, 0x0a])));
  const entry = {
    path: 'usr/x',
    change: 'added',
    fields: [],
    a: null,
    b: null,
    layerA: null,
    layerB: 0,
    causes: [],
  };
  const diff = (entries: string): string =>
    `{"schema":"twinproof/diff/v1","a":${SIDE},"b":${SIDE},"rung":"none","identical":false,"normalised":[],"rungs":${RUNGS},"config":[],"manifest":[],"artifact":null,"attestations":[],"entries":[${entries}],"truncated":true}`;
  const one = JSON.stringify(entry);
  const medium = await store.addText('diff', diff(new Array(20_000).fill(one).join(',')), 'application/json');
  const large = await store.addText(
    'diff',
    diff(new Array(1_000_000).fill(one).join(',')),
    'application/json',
  );
  expect(large.size).toBeGreaterThan(90_000_000);
  const text = await store.addFile('build log A', log, 'text/plain');
  const file = await pageOf(
    await record('huge', [
      cell('large', 'fail', { evidence: [large, text] }),
      cell('medium', 'fail', { evidence: [medium] }),
      cell('gone', 'fail', { evidence: [{ ...medium, digest: `sha256:${'9'.repeat(64)}` }] }),
    ]),
  );
  const { page, complaints } = await openPage(browser, file, '#cell=large+reproducible');
  const story = page.getByRole('dialog');
  expect(await story.textContent()).toContain('too large to show');
  expect(await story.textContent()).toContain('bytes before this are in the evidence');
  await page.goto(`${page.url().split('#')[0] ?? ''}#cell=medium+reproducible`);
  await story.getByText('19940 more paths are in the evidence.').waitFor();
  await page.goto(`${page.url().split('#')[0] ?? ''}#cell=gone+reproducible`);
  await story.getByText('is not there').waitFor();
  expect(complaints).toEqual([]);
});

const DIGEST = `"sha256:${'0'.repeat(64)}"`;
const SIDE = `{"ref":"a","index":null,"manifest":${DIGEST},"config":${DIGEST},"diffIds":[]}`;
const RUNGS =
  '{"index":false,"manifest":false,"config":false,"layers":false,"tree":false,"tree-no-times":false}';

test('evidence that was changed is named, and not shown', async () => {
  const path = join(folder.path, 'changed');
  const evidence = await new EvidenceStore(path).addText('build log A', 'genuine', 'text/plain');
  await record('changed', [cell('a', 'fail', { evidence: [evidence] })]);
  const copy = join(folder.path, 'changed-copy');
  await cp(path, copy, { recursive: true });
  const [name = ''] = await readdir(join(copy, 'evidence/sha256'));
  await writeFile(join(copy, 'evidence/sha256', name), 'forged!');
  const { page } = await openPage(browser, await pageOf(copy), '#cell=a+reproducible');
  const story = (await page.getByRole('dialog').textContent()) ?? '';
  expect(story).toContain('was changed');
  expect(story).not.toContain('forged!');
});
