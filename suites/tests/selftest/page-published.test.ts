import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { ROOT } from './support.ts';

/** The bundled catalog's latest run, as it is published. */
const PAGE = join(ROOT, 'results/index.html');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

interface Summary {
  cells: { subject: string; verdict: string }[];
}

test('the published matrix: every cell, filtered by a link, and a cell with its digests and the command that repeats it', async () => {
  const { cells } = JSON.parse(await readFile(join(ROOT, 'results/summary.json'), 'utf8')) as Summary;
  const { page, complaints } = await openPage(browser, PAGE);
  const rows = page.locator('#matrix tbody tr:visible');
  // An operating system has a row in each table.
  const subjects = async (): Promise<Set<string>> => {
    const heads = await rows.locator('th').all();
    return new Set(await Promise.all(heads.map(async (head) => (await head.getAttribute('title')) ?? '')));
  };
  expect(await subjects()).toEqual(new Set(cells.map(({ subject }) => subject)));
  // Not every claim is one of every subject.
  const texts = (await page.locator('#matrix td').allInnerTexts()).map((text) => text.replace(/^\W+/, ''));
  const shown = texts.filter((text) => text !== '');
  expect(shown.sort()).toEqual(cells.map(({ verdict }) => verdict).sort());
  await page.getByLabel('Search').fill('python');
  const found = new Set(cells.flatMap(({ subject }) => (subject.includes('python') ? [subject] : [])));
  expect(await subjects()).toEqual(found);
  const linked = await openPage(browser, PAGE, new URL(page.url()).hash);
  expect(await linked.page.locator('#matrix tbody tr:visible').count()).toBe(found.size);
  const first = (await rows.first().locator('th').getAttribute('title')) ?? '';
  expect([...found]).toContain(first);
  await rows.first().getByRole('link').first().click();
  const story = page.getByRole('dialog');
  expect(await story.getByText(/^npx twinproof reproduce/).innerText()).toContain(` ${first} `);
  expect(await story.innerText()).toMatch(/sha256:[0-9a-f]{64}/);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect([...complaints, ...linked.complaints]).toEqual([]);
});
