import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CellResult } from '../../../harness/record/events.ts';
import { cell } from '../../../harness/testing/record/run.ts';
import { twinsOf } from '../../../harness/testing/report/input.ts';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { pageOf, record } from './made-up.ts';
import { temporaryFolder, twinproof } from './support.ts';
import type { Verdict } from '../../../harness/model/verdicts.ts';

let browser: Browser;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let runs: string[] = [];
beforeAll(async () => {
  browser = await openBrowser();
  folder = await temporaryFolder();
  runs = [
    await runOf('a', { steady: 'pass', fixed: 'fail', worse: 'pass' }),
    await runOf('b', { steady: 'pass', fixed: 'fail', worse: 'pass' }),
    await runOf('c', { steady: 'pass', fixed: 'pass', worse: 'fail' }),
  ];
});
afterAll(async () => {
  await browser.close();
  await folder[Symbol.asyncDispose]();
});

/** What is fixed has other inputs than before; what is worse has the same, and so is flaky. */
function runOf(name: string, verdicts: Record<string, Verdict>): Promise<string> {
  const cells = Object.entries(verdicts).map(([image, verdict]): CellResult => {
    const other = image === 'fixed' && verdict === 'pass' ? { key: null, keyDigest: null } : {};
    return cell(`${image}/default@linux/amd64`, verdict, other);
  });
  const started = `2026-01-0${name.charCodeAt(0) - 96}T00:00:00.000Z`;
  const twins = cells.map(({ subject }) => {
    const { recipe, ...rest } = twinsOf(subject);
    expect(recipe).toBeDefined();
    return rest;
  });
  return record(folder.path, cells, { header: { run: name, started }, twins });
}

const history = (): string[] => runs.slice(0, 2).flatMap((run) => ['--history', run]);

test('what changed since the last run can be filtered for, linked, and is marked', async () => {
  const file = await pageOf(runs[2] ?? '', ...history());
  const { page, complaints } = await openPage(browser, file);
  await page.getByLabel('changed since last run').check();
  const visible = page.locator('#matrix tbody tr:visible');
  expect(await visible.locator('th').allTextContents()).toEqual(['fixed', 'worse']);
  expect(await visible.locator('td').allTextContents()).toEqual([
    expect.stringMatching(/pass Δ\s*$/),
    expect.stringMatching(/fail Δ ≈\s*$/),
  ]);
  const { page: linked } = await openPage(browser, file, new URL(page.url()).hash);
  expect(await linked.locator('#matrix tbody tr:visible').count()).toBe(2);
  expect(await linked.getByLabel('changed since last run').isChecked()).toBe(true);
  expect(complaints).toEqual([]);
});

test('charts tell the whole and each subject over time, in words too', async () => {
  const { page } = await openPage(browser, await pageOf(runs[2] ?? '', ...history()));
  const charts = page.getByRole('region', { name: /^History/ }).getByRole('img');
  const labels = (await charts.all()).map((chart) => chart.getAttribute('aria-label'));
  expect(await Promise.all(labels)).toEqual([
    'reproducible over 3 runs: 66.7 %, 66.7 %, 66.7 %',
    'flaky since the run before over 3 runs: –, 0 %, 33.3 %',
    'time in builds over 3 runs: 9.0 s, 9.0 s, 9.0 s',
  ]);
  await page.getByRole('row', { name: /worse/ }).getByRole('link').click();
  const story = page.getByRole('dialog');
  expect(await story.textContent()).toContain('flaky: the same inputs gave another verdict');
  expect(await story.getByRole('img', { name: /^verdicts, oldest first: pass, pass, fail$/ }).count()).toBe(
    1,
  );
  expect(await story.getByRole('img', { name: /^mean build time over 3 runs/ }).count()).toBe(1);
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('a site has the same history', async () => {
  const site = join(folder.path, 'site');
  const args = ['report', runs[2] ?? '', '--format', 'site', '--out', site, '--no-exit-code', ...history()];
  expect((await twinproof(args)).exitCode).toBe(0);
  const { page, complaints } = await openPage(browser, join(site, 'index.html'), '#changed=1');
  expect(await page.locator('#matrix tbody tr:visible').count()).toBe(2);
  await page.getByRole('row', { name: /worse/ }).getByRole('link').click();
  await page.getByRole('heading', { name: 'worse/default@linux/amd64' }).waitFor();
  expect(await page.getByRole('img', { name: /^mean build time over 3 runs/ }).count()).toBe(1);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('on a phone nothing but the matrix is wider than the screen', async () => {
  const { page } = await openPage(browser, await pageOf(runs[2] ?? '', ...history()));
  await page.setViewportSize({ width: 360, height: 700 });
  const wide = 'document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth';
  expect(await page.evaluate(wide)).toBe(false);
  await page.locator('td.v-fail a').first().click();
  expect(await page.evaluate(`document.querySelector('dialog').scrollWidth > innerWidth`)).toBe(false);
});
