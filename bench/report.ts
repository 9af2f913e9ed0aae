import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Table from 'cli-table3';
import { type Page, chromium } from 'playwright-core';
import { FORMATS } from '../harness/report/formats.ts';
import { findTool } from '../harness/setup/tools.mjs';
import { run } from './measure/run.ts';
import { makeRun } from './runs.ts';

const MAIN = join(import.meta.dirname, '../harness/cli/main.ts');
const ROUNDS = 3;
/** Goals: seconds and MiB of a report of 10,000 cells, milliseconds of a page. */
const GOALS = { report: 5, memory: 500, open: 1000, step: 100 };

const table = (head: string[]): InstanceType<typeof Table> =>
  new Table({ head, style: { head: [], border: [] } });

/** Each report of 10,000 cells, as a command of its own; then pages in a browser. */
export async function benchReport(folder: string): Promise<string> {
  const large = await makeRun(folder, 'cells-10005', { subjects: 667, claims: 15 });
  const usual = await makeRun(folder, 'cells-2400', { subjects: 160, claims: 15 });
  const reports = table([
    'report of 10,005 cells',
    'wall',
    'CPU',
    'peak memory',
    `goal ${GOALS.report} s, ${GOALS.memory} MiB`,
  ]);
  for (const format of FORMATS.ids) reports.push([format, ...(await measureReport(folder, large, format))]);
  return `${reports.toString()}\n${await benchPages(folder, [usual, large])}`;
}

/** The quickest of some rounds; the largest memory of them. */
async function measureReport(folder: string, path: string, format: string): Promise<string[]> {
  const out = join(folder, `report-${format}`);
  const argv = [
    process.execPath,
    MAIN,
    'report',
    path,
    '--format',
    format,
    '--no-exit-code',
    '--out',
    out,
  ] as const;
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const measured = await run({ argv: [...argv], folder });
    if (measured.exit !== 0) throw new Error(`${format}: exit code ${String(measured.exit)}`);
    rounds.push(measured);
  }
  const seconds = Math.min(...rounds.map((one) => one.seconds));
  const memory = Math.max(...rounds.map((one) => one.memory));
  const cpu = Math.min(...rounds.map((one) => one.cpu));
  const met = seconds <= GOALS.report && memory <= GOALS.memory;
  return [
    `${seconds.toFixed(2)} s`,
    `${cpu.toFixed(2)} s`,
    `${memory.toFixed(0)} MiB`,
    met ? 'met' : 'not met',
  ];
}

async function benchPages(folder: string, runs: readonly string[]): Promise<string> {
  const executablePath = findTool('chromium');
  if (executablePath === null) return 'pages: missing: chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const pages = table(['page', 'there after', 'goal', 'filter', 'open a cell', 'close it', 'goal']);
    for (const [index, path] of runs.entries()) {
      const file = join(folder, 'page.html');
      await run({
        argv: [process.execPath, MAIN, 'report', path, '--format', 'html', '--out', file],
        folder,
      });
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      await page.goto(pathToFileURL(file).href);
      const cells = await page.locator('#matrix tbody td').count();
      const open = Number(await page.evaluate('performance.getEntriesByType("navigation")[0].loadEventEnd'));
      const steps = [await timed(page, FILTER), await timed(page, OPEN), await timed(page, CLOSE)];
      pages.push([
        `${cells} cells`,
        `${open.toFixed(0)} ms`,
        index === 0 ? `<= ${GOALS.open} ms` : '',
        ...steps.map((step) => `${step.toFixed(0)} ms`),
        `<= ${GOALS.step} ms`,
      ]);
      await context.close();
    }
    return pages.toString();
  } finally {
    await browser.close();
  }
}

const FILTER = `const q = document.querySelector('[name=q]'); q.value = 'image-1'; q.dispatchEvent(new Event('input', { bubbles: true }));`;
const OPEN = `document.querySelector('#matrix tr:not([hidden]) td.v-fail a').click();`;
const CLOSE = `document.getElementById('close').click();`;

/** Milliseconds from an action until what it changed is on the screen. */
const timed = async (page: Page, action: string): Promise<number> =>
  Number(
    await page.evaluate(
      `new Promise((done) => { const start = performance.now(); { ${action} } requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); })`,
    ),
  );
