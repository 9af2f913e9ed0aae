import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import Table from 'cli-table3';
import { readRun } from '../harness/record/reader.ts';

const MAIN = join(import.meta.dirname, '../harness/cli/main.ts');
const CATALOG = join(import.meta.dirname, '../fixtures/bundled.catalog.yaml');

/** What is claimed of containers; virtual machines are not measured here. */
const CLAIMS = ['reproducible', 'hermetic', 'locked', 'runs'];

interface Goal {
  what: string;
  image: string;
  /** Seconds for both twins side by side. */
  pair: number;
}

const GOALS: Goal[] = [
  { what: 'RPM-based pair', image: 'greeter/*', pair: 5 },
  { what: '100-package .deb pair', image: 'nodejs/builder@*', pair: 60 },
];

/**
 * How long pairs of twins take when everything is fetched, and how much of a run is not building. The first run
 * of each fetches and makes the builder; the second is measured.
 */
export async function benchVerify(): Promise<string> {
  const table = new Table({
    head: ['run', 'A', 'B', 'pair', 'goal', 'not building'],
    style: { head: [], border: [] },
  });
  for (const goal of GOALS) {
    note(`${goal.what}: fetching and warming up`);
    await measure(goal.image);
    note(`${goal.what}: measuring`);
    const { seconds, building, twins } = await measure(goal.image);
    const pair = Math.max(...twins);
    const rest = `${(100 * (1 - building / seconds)).toFixed(0)} % of ${seconds.toFixed(1)} s`;
    table.push([
      goal.what,
      ...twins.map((time) => `${time.toFixed(1)} s`),
      `${pair.toFixed(1)} s`,
      `<= ${goal.pair} s`,
      rest,
    ]);
  }
  note('whole bundled catalog: measuring, some minutes');
  const all = await measure('*');
  table.push([
    'whole bundled catalog',
    '',
    '',
    '',
    '',
    `${(100 * (1 - all.building / all.seconds)).toFixed(0)} % of ${all.seconds.toFixed(1)} s`,
  ]);
  return table.toString();
}

/** The parts take minutes each: what runs is said on stderr, so that stdout is the result alone. */
function note(line: string): void {
  process.stderr.write(`verify: ${line}\n`);
}

async function measure(image: string): Promise<{ seconds: number; building: number; twins: number[] }> {
  const results = await mkdtemp(join(tmpdir(), 'twinproof-bench-'));
  try {
    const claims = CLAIMS.flatMap((claim) => ['--claim', claim]);
    const args = ['verify', CATALOG, '--image', image, ...claims, '--results', results];
    const { stderr } = await execa(process.execPath, [MAIN, ...args], { stdin: 'ignore' });
    const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
    const twins = [...run.twins.values()][0]?.builds.map(({ seconds }) => seconds) ?? [];
    return { seconds: run.footer?.seconds ?? NaN, building: run.footer?.building ?? NaN, twins };
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}
