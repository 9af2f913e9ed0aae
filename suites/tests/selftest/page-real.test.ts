import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

const IMAGES = ['control', 'hostname', 'gzip-time', 'network'];
const HOSTNAME = 'hostname/default@linux/amd64 reproducible';

let browser: Browser;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run = '';
let page = '';
beforeAll(async () => {
  browser = await openBrowser();
  folder = await temporaryFolder();
  const images = IMAGES.flatMap((image) => ['--image', `${image}/*`]);
  const results = join(folder.path, 'results/runs');
  await twinproof(['verify', 'fixtures/faulty.catalog.yaml', ...images, '--results', results, '--quiet']);
  run = join(results, (await readdir(results))[0] ?? '');
  page = join(folder.path, 'page.html');
  await twinproof(['report', run, '--format', 'html', '--out', page]);
});
afterAll(async () => {
  await browser.close();
  await folder[Symbol.asyncDispose]();
});

test('a real run: a cell opens on its story, with cause, fix, diff and the blamed line; nothing is complained about', async () => {
  const { page: opened, complaints } = await openPage(browser, page);
  await opened
    .getByRole('row', { name: /hostname/ })
    .getByRole('link', { name: 'fail' })
    .click();
  const story = opened.getByRole('dialog');
  await story.getByRole('heading', { name: /hostname\/default@linux\/amd64 · reproducible/ }).waitFor();
  expect(await story.locator('.cause .tag').allTextContents()).toContain('hostname');
  expect(await story.locator('pre.diff .plus').allTextContents()).toContainEqual(
    expect.stringMatching(/^\+built on /),
  );
  expect(await story.locator('mark').allTextContents()).toEqual([
    expect.stringContaining('/newroot/etc/built-by'),
  ]);
  expect(await story.getByText(/^npx twinproof reproduce/).textContent()).toContain(
    ' hostname/default@linux/amd64 ',
  );
  expect(new URLSearchParams(new URL(opened.url()).hash.slice(1)).get('cell')).toBe(HOSTNAME);
  expect(complaints).toEqual([]);
});

test('a link to a cell and to filters opens what it was copied from; Back closes the story', async () => {
  const { page: opened } = await openPage(browser, page, '#verdict=fail%2Cerror&claim=reproducible');
  expect(await opened.locator('#matrix tbody tr:visible').count()).toBe(3);
  expect(await opened.getByLabel('error').isChecked()).toBe(true);
  await opened.locator('#matrix td.v-fail a').first().click();
  await opened.getByRole('dialog').waitFor();
  await opened.goBack();
  await opened.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(await opened.locator('#matrix tbody tr:visible').count()).toBe(3);
});

test('filters by text, cause and verdict; what fits nothing says so', async () => {
  const { page: opened } = await openPage(browser, page);
  const visible = opened.locator('#matrix tbody tr:visible');
  await opened.getByLabel('Search').fill('HOSTN');
  expect(await visible.count()).toBe(1);
  await opened.getByLabel('Search').fill('no such thing');
  expect(await visible.count()).toBe(0);
  await opened.getByRole('button', { name: 'Show everything' }).click();
  expect(await visible.count()).toBe(IMAGES.length);
  await opened.locator('[name=cause]').selectOption('timestamp-content');
  expect(await visible.locator('th').allTextContents()).toEqual([expect.stringContaining('gzip-time')]);
  await opened.getByRole('link', { name: 'hostname', exact: true }).click();
  expect(await visible.count()).toBe(1);
});

test('with the keyboard alone: search, move, open, read, close, and be where one was', async () => {
  const { page: opened, complaints } = await openPage(browser, page);
  await opened.keyboard.press('/');
  await opened.keyboard.type('hostname default');
  expect(await opened.locator('#matrix tbody tr:visible').count()).toBe(1);
  await opened.locator('#matrix tbody tr:visible a').first().focus();
  await opened.keyboard.press('ArrowRight');
  await opened.keyboard.press('ArrowLeft');
  await opened.keyboard.press('ArrowDown');
  await opened.keyboard.press('Enter');
  const story = opened.getByRole('dialog');
  await story.waitFor();
  expect(await opened.evaluate('document.activeElement.id')).toBe('story-title');
  await opened.keyboard.press('Escape');
  await story.waitFor({ state: 'hidden' });
  expect(await opened.evaluate('document.activeElement.textContent')).toContain('fail');
  expect(complaints).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing wrong, with a story open and without (%s)',
  async (colorScheme) => {
    const { page: opened } = await openPage(browser, page);
    await opened.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(opened)).toEqual([]);
    const { page: story } = await openPage(browser, page, `#cell=${encodeURIComponent(HOSTNAME)}`);
    await story.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(story)).toEqual([]);
  },
);

test('the site has a page a subject that reads without scripts', async () => {
  const site = join(folder.path, 'site');
  await twinproof(['report', run, '--format', 'site', '--out', site]);
  const { page: opened, complaints } = await openPage(browser, join(site, 'index.html'));
  await opened
    .getByRole('row', { name: /gzip-time/ })
    .getByRole('link', { name: 'fail' })
    .click();
  await opened.getByRole('heading', { name: 'gzip-time/default@linux/amd64' }).waitFor();
  const quiet = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await quiet.goto(opened.url());
  expect(await quiet.locator('section.story').first().textContent()).toContain('gzip -n');
  expect(complaints).toEqual([]);
});

test('the command that a cell shows repeats it, from where the run was made', async () => {
  const { page: opened } = await openPage(browser, page, `#cell=${encodeURIComponent(HOSTNAME)}`);
  const command = (await opened.getByText(/^npx twinproof reproduce/).textContent()) ?? '';
  const catalog = join(ROOT, 'fixtures/faulty.catalog.yaml');
  const main = join(ROOT, 'harness/cli/main.ts');
  const npx = `npx() { shift; '${process.execPath}' '${main}' "$@"; }; ${command} --catalog '${catalog}' --json`;
  const { stdout, exitCode } = await execa('bash', ['-c', npx], { cwd: folder.path, reject: false });
  expect(JSON.parse(stdout)).toMatchObject({ subject: 'hostname/default@linux/amd64', same: true });
  expect(exitCode).toBe(0);
});

test('the same log gives the same page', async () => {
  const first = await twinproof(['report', run, '--format', 'html']);
  const second = await twinproof(['report', run, '--format', 'html']);
  expect(second.stdout).toBe(first.stdout);
});
