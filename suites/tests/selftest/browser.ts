import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium } from 'playwright-core';
import { findTool } from '../../../harness/setup/tools.mjs';

/** Debian's and Fedora's chromium. Its own sandbox does not work for root in a container; the pages are ours. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findTool('chromium') ?? 'chromium', args: ['--no-sandbox'] });

/** A page and all that it complained about or asked the network for. */
export interface Watched {
  page: Page;
  complaints: string[];
}

/** Opens a file and watches it. */
export async function openPage(browser: Browser, file: string, hash = ''): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(`${pathToFileURL(file).href}${hash}`);
  return { page, complaints };
}

export async function writePage(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** What axe finds wrong, as `rule: element`. It is run beside the page's own policy, which lets nothing else in. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: source });
  const { result } = await session.send('Runtime.evaluate', {
    expression:
      'axe.run(document, { resultTypes: ["violations"] }).then((found) => JSON.stringify(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`)))',
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(String(result.value)) as string[];
}
