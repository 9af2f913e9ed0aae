import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { ROOT, temporaryFolder } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let site: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  site = join(folder.path, 'site');
  await execa(process.execPath, ['packaging/site.ts', site], { cwd: ROOT });
});
afterAll(() => folder[Symbol.asyncDispose]());

test('every link and picture of every page is there, and every anchor on its page', async () => {
  const files = (await readdir(site, { recursive: true })).filter(
    (name) => name.endsWith('.html') && !name.startsWith('results'),
  );
  expect(files).toContain('docs/quickstart-ci.html');
  const texts = new Map(
    await Promise.all(files.map(async (name) => [name, await readFile(join(site, name), 'utf8')] as const)),
  );
  const wrong: string[] = [];
  for (const [name, text] of texts) {
    for (const [, target = ''] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? name : join(dirname(name), file);
      const page = texts.get(path);
      const lacks =
        anchor !== undefined && page !== undefined && !page.includes(`id="${decodeURIComponent(anchor)}"`);
      if (!existsSync(join(site, path)) || lacks) wrong.push(`${name}: ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the search finds pages from a file, and the page can be read by everybody', async () => {
  await using browser = await openBrowser();
  const { page, complaints } = await openPage(browser, join(site, 'docs/gate.html'));
  await page.getByRole('searchbox', { name: 'Search' }).fill('input-unverified rpm-lockfile');
  const link = page.locator('#found').getByRole('link', { name: 'Troubleshooting' });
  await link.click();
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Troubleshooting');
  await page.getByRole('searchbox').fill('no page holds this word zyxw');
  expect(await page.locator('#found li').count()).toBe(0);
  expect(complaints).toEqual([]);
  expect(await accessibilityFaults(page)).toEqual([]);
});
