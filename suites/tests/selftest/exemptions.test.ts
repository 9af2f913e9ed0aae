import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { temporaryFolder, twinproof, writeCatalog } from './support.ts';

const STEADY = `FROM localhost/builder AS build
RUN mkdir -p /newroot/etc && echo steady > /newroot/etc/steady
FROM scratch
COPY --from=build /newroot /
`;
const HOSTNAME = STEADY.replace('echo steady', 'hostname');

const subject = (image: string, recipe: string, exemption: string): string =>
  `  - image: ${image}
    recipe: { containerfile: ${recipe} }
    claims: { reproducible: true }
    exemptions: [{ claim: reproducible, ${exemption}, owner: 'base@example.org' }]
`;

const SUBJECTS = [
  subject('known', 'hostname', "path: 'etc/**', reason: known until later, expires: 2999-12-31"),
  subject('late', 'hostname', 'cause: hostname, reason: known for too long, expires: 2020-01-01'),
  subject('fixed', 'steady', "path: 'etc/**', reason: was so once, expires: 2999-12-31"),
].join('');

let browser: Browser;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run = '';
beforeAll(async () => {
  browser = await openBrowser();
  folder = await temporaryFolder();
  const files = { hostname: HOSTNAME, steady: STEADY };
  const catalog = await writeCatalog(folder.path, SUBJECTS, files);
  const args = ['verify', catalog, '--claim', 'reproducible', '--results', join(folder.path, 'results')];
  const { stderr, exitCode } = await twinproof(args);
  run = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  expect(exitCode).toBe(1);
});
afterAll(async () => {
  await browser.close();
  await folder[Symbol.asyncDispose]();
});

test('a waived, an expired and an unneeded exemption are in Markdown with owner and expiry', async () => {
  const { stdout } = await twinproof(['report', run, '--format', 'markdown']);
  const table = stdout.slice(stdout.indexOf('## Exemptions')).replaceAll('&#64;', '@');
  const rows = table.split('\n').slice(4, 7);
  const owner = 'base@example.org';
  expect(rows).toEqual([
    `| late/default@linux/amd64 reproducible | hostname | expired | 2020-01-01 | ${owner} | known for too long |`,
    `| fixed/default@linux/amd64 reproducible | etc/\\*\\* | not needed | 2999-12-31 | ${owner} | was so once |`,
    `| known/default@linux/amd64 reproducible | etc/\\*\\* | in force | 2999-12-31 | ${owner} | known until later |`,
  ]);
});

test('and on the page, where each leads to its cell', async () => {
  const file = join(folder.path, 'page.html');
  await twinproof(['report', run, '--format', 'html', '--out', file]);
  const { page, complaints } = await openPage(browser, file);
  const section = page.getByRole('region', { name: /^Exemptions/ });
  const reported = await section.getByRole('listitem').allInnerTexts();
  expect(
    reported.map((text) => /(expired|not needed|in force) until (\S+), (\S+);/.exec(text)?.slice(1)),
  ).toEqual([
    ['expired', '2020-01-01', 'base@example.org'],
    ['not needed', '2999-12-31', 'base@example.org'],
    ['in force', '2999-12-31', 'base@example.org'],
  ]);
  await section.getByRole('link', { name: 'known/default@linux/amd64' }).click();
  expect(await page.getByRole('dialog').locator('.pill').textContent()).toBe('waived');
  expect(complaints).toEqual([]);
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('the gate lets what is waived through, and stops for the others', async () => {
  const { stdout, exitCode } = await twinproof(['gate', run, '--baseline', run, '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ counts: { still: 2, same: 1 } });
});
