import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditHtml } from '../../../harness/audit/say/html/page.ts';
import { auditResult } from '../../../harness/testing/audit/result.ts';
import { HOSTILE } from '../../../harness/testing/report/input.ts';
import { accessibilityFaults, openBrowser, openPage, writePage } from './browser.ts';
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

test.each(['light', 'dark'] as const)(
  'the page of an audit is accessible, %s and narrow',
  async (colorScheme) => {
    const text = await auditHtml(auditResult(`x/${'long-name-'.repeat(20)}`));
    const { page, complaints } = await openPage(browser, await writePage(folder.path, 'audit.html', text));
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 800 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  },
);

test('whatever others write is text on it', async () => {
  const file = await writePage(folder.path, 'hostile.html', await auditHtml(auditResult(HOSTILE)));
  const { page, complaints } = await openPage(browser, file);
  expect(await page.locator('script, img').count()).toBe(0);
  expect(await page.locator('#claim-published').innerText()).toContain('</script>');
  expect(complaints).toEqual([]);
});
