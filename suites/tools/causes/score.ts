import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { explanationOf } from '../../../harness/explain/group.ts';
import { readRun, type Run } from '../../../harness/record/reader.ts';
import type { CellResult } from '../../../harness/record/events.ts';
import { explainAgain, recordedDiff } from '../../../harness/run/recorded-diff.ts';

/** fixtures/causes/expected.yaml. */
export interface Expected {
  causes: string[];
  vary?: string;
}

/** One image of the catalog of causes with what was found. */
export interface Row {
  image: string;
  expected: string[];
  /** Verdicts of the faulty image and of its fixed twin. */
  verdict: string;
  fixed: string;
  found: { id: string; confidence: string }[];
  /** Exactly the expected ids were named. */
  right: boolean;
  /** Named as certain, and not so. */
  wrong: string[];
}

export async function readExpected(root: string): Promise<Map<string, Expected>> {
  const text = await readFile(join(root, 'fixtures/causes/expected.yaml'), 'utf8');
  return new Map(Object.entries((parse(text) as { images: Record<string, Expected> }).images));
}

/** Runs in a folder, the newest first. */
export async function readRuns(folder: string): Promise<{ folder: string; run: Run }[]> {
  const names = (await readdir(folder)).sort().reverse();
  return Promise.all(
    names.map(async (name) => ({ folder: join(folder, name), run: await readRun(join(folder, name)) })),
  );
}

type Runs = Awaited<ReturnType<typeof readRuns>>;

function cellOf(
  runs: Runs,
  image: string,
  variant: string,
): (Runs[number] & { cell: CellResult }) | undefined {
  for (const { folder, run } of runs) {
    const cell = run.cells.get(`${image}/${variant}@linux/amd64 reproducible`);
    if (cell !== undefined) return { folder, run, cell };
  }
  return undefined;
}

/** On what runs were made, in one line: what was compared, by what, and where. */
export function measuredOn(runs: Runs): string {
  const said = ({ run: { header } }: Runs[number]): string => {
    const { harness, engine, host } = header;
    const kernel = /^\d+\.\d+/.exec(host.kernel)?.[0] ?? host.kernel;
    const by = engine === null ? 'no engine' : `${engine.name} ${engine.version}`;
    return `Twinproof ${harness}, ${by}, ${host.os} ${kernel}, ${host.architecture}, ${host.cpus} CPUs`;
  };
  const days = runs.map(({ run }) => run.header.started.slice(0, 10)).toSorted();
  return `${[...new Set(runs.map(said))].toSorted().join('; ')}; ${[...new Set([days[0], days.at(-1)])].join(' to ')}`;
}

/** Each id once, with the strongest confidence that it is named with today. */
async function foundIn({ folder, run, cell }: NonNullable<ReturnType<typeof cellOf>>): Promise<Row['found']> {
  const { result, recipe } = await recordedDiff(folder, cell.subject);
  const { causes } = explanationOf(explainAgain(result, run.twins.get(cell.subject), recipe));
  const order = ['proven', 'exact', 'likely'];
  const sorted = causes.toSorted((a, b) => order.indexOf(a.confidence) - order.indexOf(b.confidence));
  const ids = [...new Set(sorted.map(({ id }) => id))];
  return ids.map((id) => ({ id, confidence: sorted.find((cause) => cause.id === id)?.confidence ?? '' }));
}

/** What runs over the catalog of causes found, for the images that are in them. */
export async function rowsOf(runs: Runs, expected: ReadonlyMap<string, Expected>): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [image, { causes }] of expected) {
    const recorded = cellOf(runs, image, 'default');
    if (recorded === undefined) continue;
    const { verdict } = recorded.cell;
    const found = verdict === 'fail' ? await foundIn(recorded) : [];
    const ids = found.map(({ id }) => id);
    rows.push({
      image,
      expected: causes,
      verdict,
      fixed: cellOf(runs, image, 'fixed')?.cell.verdict ?? 'missing',
      found,
      right: ids.toSorted().join() === causes.toSorted().join(),
      wrong: found
        .filter(({ id, confidence }) => confidence !== 'likely' && !causes.includes(id))
        .map(({ id }) => id),
    });
  }
  return rows;
}

export interface Score {
  right: number;
  wrong: number;
  clean: number;
  all: number;
  /** 95 % of the causes right, nothing wrong that was called certain, all fixed twins equal. */
  met: boolean;
}

export function scoreOf(rows: readonly Row[]): Score {
  const count = (holds: (row: Row) => boolean): number => rows.filter(holds).length;
  const right = count((row) => row.right);
  const wrong = rows.reduce((sum, row) => sum + row.wrong.length, 0);
  const clean = count(({ fixed }) => fixed === 'pass');
  const all = rows.length;
  return { right, wrong, clean, all, met: right >= all * 0.95 && wrong === 0 && clean === all };
}
