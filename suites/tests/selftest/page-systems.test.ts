import { join } from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EvidenceStore } from '../../../harness/record/evidence.ts';
import { cell } from '../../../harness/testing/record/run.ts';
import { HOSTILE } from '../../../harness/testing/report/input.ts';
import { accessibilityFaults, openBrowser, openPage } from './browser.ts';
import { pageOf, record } from './made-up.ts';
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

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A grey picture of 20 by 10. */
function picture(): Buffer {
  const head = Buffer.from([0, 0, 0, 20, 0, 0, 0, 10, 8, 0, 0, 0, 0]);
  const rows = deflateSync(Buffer.alloc(21 * 10, 0x80).fill(0, 0, 1));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

const SYSTEM = 'system/default@linux/amd64';
const [OLD, NEW] = ['sha256:old', 'sha256:new'];
const moment = (running: string, deployments: string[]) => ({ running, deployments, state: 'running' });

async function systemRun(name: string, screen: Buffer): Promise<string> {
  const store = new EvidenceStore(join(folder.path, name));
  const file = join(folder.path, `${name}.png`);
  await writeFile(file, screen);
  const shown = await store.addFile('screen', file, 'image/png');
  const serial = await store.addText('console', 'Linux version 6\n\u001b[31mlogin:', 'text/plain');
  const phases = 'Startup finished in 900ms (kernel) + 3s (initrd) + 1min 2.5s (userspace) = 1min 6.4s';
  const update = {
    ...{ from: OLD, to: NEW },
    before: moment(OLD, [OLD]),
    staged: moment(OLD, [NEW, OLD]),
    after: moment(NEW, [NEW, OLD]),
  };
  const cut = (running: string | null, faults: string[]) => ({
    phase: 'stage',
    done: 7,
    lost: 2,
    running,
    faults,
  });
  const cuts = { from: OLD, to: NEW, cuts: [cut(OLD, []), cut(NEW, []), cut(null, [HOSTILE])] };
  return record(
    folder.path,
    [
      cell(SYSTEM, 'pass', { claim: 'boots', detail: { phases }, evidence: [shown, serial] }),
      cell(SYSTEM, 'pass', { claim: 'update', detail: update }),
      cell(SYSTEM, 'fail', { claim: 'power-cut', detail: cuts }),
      cell(SYSTEM, 'pass', {
        claim: 'odd',
        detail: { phases: HOSTILE, before: [HOSTILE], cuts: { a: HOSTILE } },
      }),
    ],
    { header: { run: name } },
  );
}

const at = (claim: string): string => `#cell=${encodeURIComponent(`${SYSTEM} ${claim}`)}`;

test('a start is a bar of its phases, with the screen and the console', async () => {
  const file = await pageOf(await systemRun('whole', picture()));
  const { page, complaints } = await openPage(browser, file, at('boots'));
  const story = page.getByRole('dialog');
  const legend = await story.locator('.legend li').allInnerTexts();
  expect(legend.map((text) => text.trim())).toEqual([
    'kernel 0.9 s',
    'initrd 3.0 s',
    'userspace 62.5 s',
    'start 66.4 s',
  ]);
  const width = await story
    .getByRole('img', { name: 'screen' })
    .evaluate((image) => Reflect.get(image, 'naturalWidth') as unknown);
  expect(width).toBe(20);
  await story.getByText('console').first().click();
  expect(await story.locator('pre.log').innerText()).toBe('Linux version 6\n\\x1b[31mlogin:');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('an update is told moment by moment, power cuts one by one, and anything else does no harm', async () => {
  const file = await pageOf(await systemRun('moments', picture()));
  const { page: update } = await openPage(browser, file, at('update'));
  const rows = (page: typeof update) =>
    page.getByRole('dialog').locator('h3 ~ .scroll').first().locator('tbody tr').allInnerTexts();
  expect((await rows(update)).map((row) => row.split('\t'))).toEqual([
    ['before', 'old', 'old', 'running'],
    ['staged', 'old', 'new, old', 'running'],
    ['after', 'new', 'new, old', 'running'],
  ]);
  const { page: cuts, complaints } = await openPage(browser, file, at('power-cut'));
  expect((await rows(cuts)).map((row) => row.split('\t').slice(0, 4))).toEqual([
    ['stage', '7', '2', 'old'],
    ['stage', '7', '2', 'new'],
    ['stage', '7', '2', 'neither'],
  ]);
  expect(await cuts.getByRole('dialog').locator('tr.unlike').innerText()).toContain('\\u{202e}');
  const { page: odd, complaints: others } = await openPage(browser, file, at('odd'));
  await odd.getByRole('dialog').getByText('What the claim recorded').waitFor();
  expect([...complaints, ...others]).toEqual([]);
});

test('what calls itself a picture and is none is told, not shown', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
  const file = await pageOf(await systemRun('no-picture', svg));
  const { page, complaints } = await openPage(browser, file, at('boots'));
  const story = page.getByRole('dialog');
  expect(await story.textContent()).toContain('screen is no PNG');
  expect(await story.getByRole('img').count()).toBe(0);
  expect(complaints).toEqual([]);
});
