import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { leastDepth } from '../../record/depth.ts';
import type { Header, PlannedSubject, Terms } from '../../record/events.ts';
import { copyEvidence } from '../../record/evidence.ts';
import { evidenceOfTwins } from '../../record/evidence-of-twins.ts';
import { mergeRuns } from '../../record/merge.ts';
import type { PlannedCell } from '../../record/planned.ts';
import { type Run, cellId, readRun } from '../../record/reader.ts';
import type { Results } from '../../record/results.ts';
import { runName } from '../header.ts';
import type { LeftRun } from '../leave-reports.ts';
import { writeRun } from './write-run.ts';

/**
 * The job that comes last: the runs of several subjects, platforms or shards as one run folder, with all evidence.
 * @throws TwinproofError record-invalid for runs that did not end or do not belong together, and evidence that is missing
 */
export async function mergeJob(paths: readonly string[], resultsFolder: string): Promise<LeftRun> {
  const runs = await Promise.all(paths.map((path) => readRun(path)));
  requireEnded(runs);
  const results = mergeRuns(runs);
  const planned = inPlanOrder(results);
  const cells = planned.flatMap((cell) => results.cells.get(cellId(cell)) ?? []);
  const run = runName();
  const folder = join(resultsFolder, run);
  const twins = [...results.twins.values()];
  // The log comes last: one that has its footer has its evidence.
  const evidence = [...cells.flatMap((cell) => cell.evidence), ...twins.flatMap(evidenceOfTwins)];
  await copyEvidence(
    runs.map((each) => each.folder),
    folder,
    evidence,
  );
  return writeRun(folder, {
    header: mergedHeader(run, results, planned),
    notes: results.notes,
    twins,
    cells,
    seconds: sumOf(results.runs.map(({ seconds }) => seconds)),
    building: sumOf(results.runs.map(({ building }) => building)),
  });
}

function requireEnded(runs: readonly Run[]): void {
  const cut = runs.find(({ cells, footer, header }) => footer === null || cells.size < header.cells.length);
  if (cut === undefined) return;
  const hint = 'run that job again, or end the run with `npx twinproof verify --resume`';
  throw new TwinproofError('record-invalid', 'the run did not end', { where: cut.file, hint });
}

/** In the order of the catalog, where the logs say it. */
function inPlanOrder({ planned, plan }: Results): PlannedCell[] {
  if (plan === null) return planned;
  const asked = new Map(planned.map((cell) => [cellId(cell), cell]));
  const ordered = [...plan.keys()].flatMap((id) => asked.get(id) ?? []);
  return ordered.length === planned.length ? ordered : planned;
}

function mergedHeader(run: string, { runs, plan }: Results, cells: PlannedCell[]): Header {
  const headers = runs.map(({ header }) => header);
  const [first] = headers;
  if (first === undefined) throw new Error('nothing was merged');
  const other = headers.find(({ seed }) => seed !== first.seed);
  if (other !== undefined) {
    throw new TwinproofError('record-invalid', `${first.run} and ${other.run} have different seeds`, {
      hint: 'merge runs with one --seed; `npx twinproof report` shows others side by side',
    });
  }
  const { schema, started, harness, catalog, engine, host, seed, changedSince } = first;
  const changed = headers.every((header) => header.changedSince === changedSince) ? changedSince : undefined;
  return {
    type: 'header',
    ...{ schema, run, started, harness, catalog, engine, host, seed, shard: null },
    ...leastDepth(headers),
    cells,
    ...(changed === undefined ? {} : { changedSince: changed }),
    ...(plan === null ? {} : { plan: planOf(plan) }),
    resumed: null,
  };
}

function planOf(plan: NonNullable<Results['plan']>): PlannedSubject[] {
  const subjects = new Map<string, Record<string, Terms>>();
  for (const { subject, claim, terms } of plan.values()) {
    const claims = subjects.get(subject) ?? {};
    claims[claim] = terms;
    subjects.set(subject, claims);
  }
  return [...subjects].map(([subject, claims]) => ({ subject, claims }));
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
