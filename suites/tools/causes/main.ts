import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { ROOT, temporaryFolder } from '../../tests/selftest/support.ts';
import { build } from './build.ts';
import { type Row, measuredOn, readExpected, readRuns, rowsOf, scoreOf } from './score.ts';
import { CAUSES, tableOf, withTable } from './table.ts';

/** Prints the table; a whole one goes into docs/accuracy.md. */
async function tell(rows: readonly Row[], on: string, whole: boolean): Promise<number> {
  const score = scoreOf(rows);
  const table = tableOf(rows, score, on);
  process.stdout.write(`${table}\n`);
  if (whole) {
    const path = join(ROOT, 'docs/accuracy.md');
    const page = withTable(await readFile(path, 'utf8'), CAUSES, table);
    await writeFile(path, await format(page, { parser: 'markdown', printWidth: 110 }));
  }
  return score.met ? 0 : 1;
}

/**
 * Runs fixtures/causes.catalog.yaml, scores the causes that are named, and writes the table into docs/accuracy.md.
 * Arguments pick images; then the page is left as it is. `--results DIR` keeps the runs there, and takes those that are
 * there already for images that are in them; `--score` builds nothing. Exit code 1 when a target is missed.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { results: { type: 'string' }, score: { type: 'boolean', default: false } },
  });
  const all = await readExpected(ROOT);
  const picked = new Map(
    [...all].filter(([image]) => positionals.length === 0 || positionals.includes(image)),
  );
  await using temporary = await temporaryFolder();
  const folder = values.results ?? temporary.path;
  await mkdir(folder, { recursive: true });
  if (!values.score) {
    const known = new Set((await rowsOf(await readRuns(folder), picked)).map(({ image }) => image));
    const missing =
      positionals.length > 0 ? picked : new Map([...picked].filter(([image]) => !known.has(image)));
    await build(missing, folder);
  }
  const runs = await readRuns(folder);
  const rows = await rowsOf(runs, picked);
  return await tell(rows, measuredOn(runs), rows.length === all.size);
}

process.exitCode = await main(process.argv.slice(2));
