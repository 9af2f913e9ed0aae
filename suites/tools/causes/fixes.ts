import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import type { CheckFixesResult } from '../../../harness/cli/check-fixes-result.ts';
import type { CheckedFix } from '../../../harness/report/check-fixes-text.ts';
import { ROOT, temporaryFolder, twinproof } from '../../tests/selftest/support.ts';
import { slices } from './build.ts';
import { readExpected } from './score.ts';
import { FIXES, fixesTable, withTable } from './table.ts';

/** Images that must become equal without anybody's help. */
const TARGET = 15;

/** One slice, or what an earlier call left of it in the folder. */
async function checked(images: readonly string[], vary: string, folder: string): Promise<CheckedFix[]> {
  const path = join(folder, `${images[0] ?? ''}.json`);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return (JSON.parse(known) as CheckFixesResult).subjects;
  process.stderr.write(`${images.join(', ')}\n`);
  const selection = `{${images.join(',')}}/default@*`;
  const catalog = 'fixtures/causes.catalog.yaml';
  const args = ['explain', selection, '--check-fixes', catalog, '--vary', vary, '--json'];
  const { stdout, stderr } = await twinproof(args);
  if (!stdout.startsWith('{')) throw new Error(stderr);
  await writeFile(path, stdout);
  return (JSON.parse(stdout) as CheckFixesResult).subjects;
}

/**
 * Lets `explain --check-fixes` fix the faulty images of fixtures/causes.catalog.yaml, and writes what came of it into
 * docs/accuracy.md. `--results DIR` keeps what is known there and goes on from it. Exit code 1 when fewer than fifteen
 * become reproducible.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { results: { type: 'string' } } });
  await using temporary = await temporaryFolder();
  const folder = values.results ?? temporary.path;
  await mkdir(folder, { recursive: true });
  const all: CheckedFix[] = [];
  for (const { images, vary } of slices(await readExpected(ROOT))) {
    all.push(...(await checked(images, vary, folder)));
  }
  const table = fixesTable(all);
  process.stdout.write(`${table}\n`);
  const path = join(ROOT, 'docs/accuracy.md');
  const page = withTable(await readFile(path, 'utf8'), FIXES, table);
  await writeFile(path, await format(page, { parser: 'markdown', printWidth: 110 }));
  return all.filter(({ verdict, made }) => verdict === 'pass' && made.length > 0).length >= TARGET ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
