import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { ROOT, temporaryFolder } from '../../tests/selftest/support.ts';
import { withTable } from '../causes/table.ts';
import { DebianSuites } from './debian.ts';
import { imageOf } from './fetch.ts';
import { drawn, twoReleases, type Innocent } from './packages.ts';
import { interval, scoreOf, type Score } from './score.ts';

const BEGIN = '<!-- begin: npm run innocents -->';
/** Files that may get a wrong cause. */
const TARGET = 0.02;

/** Null where a registry has nothing that can be taken: that says nothing of the causes. */
async function scored(
  innocent: Innocent,
  { seed, folder, debian }: { seed: number; folder: string; debian: DebianSuites },
): Promise<Score | null> {
  const said = `${innocent.registry} ${innocent.name}`;
  try {
    const [older, newer] = await twoReleases(innocent, { seed, debian });
    const images = await Promise.all([
      imageOf(innocent, older, { folder: join(folder, 'a'), debian }),
      imageOf(innocent, newer, { folder: join(folder, 'b'), debian }),
    ]);
    const score = await scoreOf(...images);
    process.stderr.write(
      `${said} ${older} and ${newer}: ${score.files} files, ${score.wrongAlone.length} wrong\n`,
    );
    for (const line of new Set([...score.wrong, ...score.wrongAlone]))
      process.stderr.write(`  ${line.slice(0, 300)}\n`);
    return score;
  } catch (error) {
    process.stderr.write(
      `${said}: left out: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}\n`,
    );
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function row(label: string, wrong: number, files: number): string {
  const [low, high] = interval(wrong, files);
  return `| ${label} | ${wrong} of ${files} | ${percent(files === 0 ? 0 : wrong / files)} | ${percent(low)} to ${percent(high)} |`;
}

/**
 * Explains pairs of releases of packages that people use, drawn by the seed, and counts files with a cause of irreproducibility:
 * all of them are wrong. Adds a row for the seed to docs/accuracy.md. Exit code 1 when more than 2 % are wrong.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '20' } },
  });
  const [seed, count] = [Number(values.seed), Number(values.count)];
  await using temporary = await temporaryFolder();
  const debian = new DebianSuites(join(temporary.path, 'debian'));
  const scores: Score[] = [];
  for (const [at, innocent] of drawn(seed, count).entries()) {
    const score = await scored(innocent, { seed, folder: join(temporary.path, String(at)), debian });
    if (score !== null) scores.push(score);
  }
  const sum = (of: (score: Score) => number): number => scores.reduce((all, score) => all + of(score), 0);
  const files = sum((score) => score.files);
  const [wrong, alone] = [sum((score) => score.wrong.length), sum((score) => score.wrongAlone.length)];
  const label = `seed ${seed}, ${scores.length} packages`;
  const rows = [row(label, wrong, files), row(`${label}, versions not looked at`, alone, files)];
  process.stdout.write(`${rows.join('\n')}\n`);
  const path = join(ROOT, 'docs/accuracy.md');
  const page = await readFile(path, 'utf8');
  const known = page.slice(page.indexOf(BEGIN)).split('<!-- end -->')[0] ?? '';
  const kept = known
    .split('\n')
    .filter((line) => line.startsWith('| seed') && !line.startsWith(`| seed ${seed},`));
  const head = ['| | files with a wrong cause | share | interval (95 %) |', '| --- | --- | --- | --- |'];
  const table = [...head, ...kept, ...rows].join('\n');
  await writeFile(path, await format(withTable(page, BEGIN, table), { parser: 'markdown', printWidth: 110 }));
  return files > 0 && Math.max(wrong, alone) <= files * TARGET ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
