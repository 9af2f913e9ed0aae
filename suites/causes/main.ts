import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { ROOT, temporaryFolder, twinproof } from '../selftest/support.ts';
import { type Row, readExpected, rowsOf, scoreOf } from './score.ts';
import { tableOf, withTable } from './table.ts';

/**
 * Runs fixtures/causes.catalog.yaml, scores the causes that are named, and writes the table into docs/causes.md.
 * Arguments pick images; then the page is left as it is. Exit code 1 when a target is missed.
 */
async function main(picked: readonly string[]): Promise<number> {
  const all = await readExpected(ROOT);
  const expected = new Map([...all].filter(([image]) => picked.length === 0 || picked.includes(image)));
  const rows: Row[] = [];
  for (const [vary, images] of Map.groupBy(expected, ([, { vary = '' }]) => vary)) {
    await using folder = await temporaryFolder();
    const selected = images.flatMap(([image]) => ['--image', `${image}/*`]);
    const axes = vary === '' ? [] : ['--vary', vary];
    const args = ['verify', 'fixtures/causes.catalog.yaml', ...selected, ...axes, '--results', folder.path];
    const { stderr } = await twinproof(args);
    const run = /recorded in (\S+)/.exec(stderr)?.[1];
    if (run === undefined) throw new Error(stderr);
    rows.push(...(await rowsOf(run, new Map(images))));
  }
  const score = scoreOf(rows);
  const table = tableOf(rows, score);
  process.stdout.write(`${table}\n`);
  if (picked.length === 0) {
    const path = join(ROOT, 'docs/causes.md');
    const page = withTable(await readFile(path, 'utf8'), table);
    await writeFile(path, await format(page, { parser: 'markdown', printWidth: 110 }));
  }
  return score.met ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
