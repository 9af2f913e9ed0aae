import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { ROOT } from '../../tests/selftest/support.ts';
import type { Apt } from '../apt.ts';
import { withTable } from '../causes/table.ts';
import { interval } from '../innocents/score.ts';
import { measure, type Measured } from './measure.ts';
import { drawn, type FieldPackage } from './packages.ts';
import { sourcesOf, writeRecipe } from './recipe.ts';
import { distinct, type Judged } from './score.ts';

const BEGIN = '<!-- begin: npm run field -->';

type Outcome = { measured: Measured } | { leftOut: string };

/** What came of a package, now or in an earlier call: its file in the folder. */
async function outcomeOf(one: FieldPackage, folder: string, apt: Apt): Promise<Outcome> {
  const name = `${one.registry}-${one.name}`;
  const path = join(folder, `${name}.json`);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return JSON.parse(known) as Outcome;
  const work = join(folder, name);
  let outcome: Outcome;
  try {
    outcome = { measured: await measure(await writeRecipe(one, work, apt)) };
  } catch (error) {
    outcome = { leftOut: error instanceof Error ? error.message.slice(0, 300) : 'failed' };
  }
  await writeFile(path, `${JSON.stringify(outcome, null, 1)}\n`);
  await rm(work, { recursive: true, force: true });
  return outcome;
}

const share = (some: number, of: number): string => {
  const [low, high] = interval(some, of);
  const percent = (part: number): string => (part * 100).toFixed(0);
  return of === 0 ? 'none' : `${some} of ${of} (${percent(low)} to ${percent(high)} %)`;
};

/** `right` and `acceptable`, `unknown`, wrong first labels, and wrong ones by how sure they were said to be. */
function row(label: string, all: readonly Judged[]): string {
  const judged = all.filter(({ mark }) => mark !== 'not judged');
  const count = (...marks: string[]): number => judged.filter(({ mark }) => marks.includes(mark)).length;
  const sure = (confidence: string): string => {
    const some = judged.filter((one) => one.confidence === confidence && one.mark !== 'unknown');
    return share(some.filter(({ mark }) => mark === 'wrong').length, some.length);
  };
  const cells = [
    label,
    share(count('right', 'acceptable'), judged.length),
    count('right'),
    count('unknown'),
    share(count('wrong'), judged.length),
    sure('exact'),
    sure('likely'),
    sure('proven'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * Builds software of others once for each variation, and scores what is said of the images against that. `--results DIR`
 * keeps what is known there and goes on from it; `--minutes N` begins no package after that time. Adds rows for the seed
 * to docs/field.md. Exit code 1 when more than 5 % of the first labels are wrong.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '600' },
      results: { type: 'string' },
    },
  });
  const { seed } = values;
  const folder = resolve(values.results ?? join(ROOT, 'results/field', seed));
  await mkdir(folder, { recursive: true });
  const end = Date.now() + Number(values.minutes) * 60_000;
  const apt = sourcesOf(join(folder, 'apt'));
  const all: Measured[] = [];
  let leftOut = 0;
  for (const one of drawn(Number(seed), Number(values.count))) {
    if (Date.now() > end) break;
    const outcome = await outcomeOf(one, folder, apt);
    const said = `${one.registry} ${one.name}`;
    if ('leftOut' in outcome) {
      leftOut += 1;
      process.stderr.write(`${said}: left out: ${outcome.leftOut}\n`);
      continue;
    }
    const { measured } = outcome;
    all.push(measured);
    process.stderr.write(`${said}: ${measured.builds} builds, ${measured.seconds} s\n`);
    for (const { mark, id, confidence, truth, path } of distinct(measured.alone))
      process.stderr.write(`  ${mark}: ${id} (${confidence}), by building: ${truth}: ${path}\n`);
  }
  const alone = all.flatMap((measured) => distinct(measured.alone));
  const marked = all.flatMap((measured) => distinct(measured.marked));
  const label = `seed ${seed}, ${all.length} packages (${leftOut} did not build)`;
  const rows = [row(label, alone), row(`${label}, with markers`, marked)];
  const differing = all.filter((measured) => measured.alone.length > 0);
  const equal = differing.filter(({ fixed }) => fixed.equal).length;
  process.stdout.write(
    `${rows.join('\n')}\nmade reproducible by --check-fixes: ${share(equal, differing.length)}\n`,
  );
  await tell(seed, rows);
  const wrong = alone.filter(({ mark }) => mark === 'wrong').length;
  return alone.length > 0 && wrong <= alone.length * 0.05 ? 0 : 1;
}

async function tell(seed: string, rows: readonly string[]): Promise<void> {
  const path = join(ROOT, 'docs/field.md');
  const page = await readFile(path, 'utf8');
  const known = page.slice(page.indexOf(BEGIN)).split('<!-- end -->')[0] ?? '';
  const kept = known
    .split('\n')
    .filter((line) => line.startsWith('| seed') && !line.startsWith(`| seed ${seed},`));
  const head = [
    '| | right or acceptable | right | unknown | wrong | wrong `exact` | wrong `likely` | wrong `proven` |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const table = [...head, ...kept, ...rows].join('\n');
  await writeFile(path, await format(withTable(page, BEGIN, table), { parser: 'markdown', printWidth: 110 }));
}

process.exitCode = await main(process.argv.slice(2));
