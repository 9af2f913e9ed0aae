import { TwinproofError } from '../errors.ts';
import { type CellResult, LEFT_OUT } from './events.ts';
import type { Run } from './reader.ts';
import { cellId } from './reader.ts';
import { type Results, resultsOf } from './results.ts';
import { wholeOfShards } from './shards.ts';
import { compareText } from '../model/text-order.ts';

/**
 * One set of results from several logs of one catalog, in whatever order they are given: shards become the run that
 * they are parts of, runs of other subjects, platforms or hosts lie side by side. A cell that two runs decided for the
 * same key counts once when they agree.
 * @throws TwinproofError `record-invalid`: a run twice, runs of different things, a shard that is missing, a
 * contradiction
 */
export function mergeRuns(runs: readonly Run[]): Results {
  const sorted = [...runs].sort((a, b) => compareText(age(a), age(b)));
  const [first] = sorted;
  if (first === undefined) throw invalid('there is no run to report on');
  for (const run of sorted.slice(1)) requireSame(first, run);
  requireOnce(sorted);
  const alone = sorted.filter(({ header }) => header.shard === null);
  const planned = [...wholeOfShards(sorted), ...alone.flatMap(({ header }) => header.cells)];
  const merged = sorted.map(resultsOf).reduce(joined);
  return { ...merged, planned: [...new Map(planned.map((cell) => [cellId(cell), cell])).values()] };
}

const age = ({ header }: Run): string => `${header.started} ${header.run}`;

function requireSame(a: Run, b: Run): void {
  const what =
    a.header.catalog.digest !== b.header.catalog.digest
      ? 'catalogs'
      : a.header.harness === b.header.harness
        ? undefined
        : 'versions of the harness';
  if (what === undefined) return;
  throw invalid(
    `${a.header.run} and ${b.header.run} are of different ${what}`,
    'merge runs of one catalog, unchanged, by one version; compare others with gate or --history',
  );
}

function requireOnce(runs: readonly Run[]): void {
  const seen = new Set<string>();
  for (const { header } of runs) {
    if (seen.has(header.run)) throw invalid(`the run ${header.run} is there twice`, 'give each run once');
    seen.add(header.run);
  }
}

/** The later run's record stands where both decided the same. */
function joined(a: Results, b: Results): Results {
  for (const [id, cell] of b.cells) {
    const other = a.cells.get(id);
    if (other !== undefined) requireAgreement(other, cell, () => [nameOf(a, cell), nameOf(b, cell)]);
  }
  return {
    ...a,
    runs: [...a.runs, ...b.runs],
    cells: new Map([...a.cells, ...b.cells]),
    twins: new Map([...a.twins, ...b.twins]),
    notes: [...a.notes, ...b.notes.filter(({ text }) => !a.notes.some((note) => note.text === text))],
    folders: new Map([...a.folders, ...b.folders]),
    plan: joinedPlans(a.plan, b.plan),
    ended: a.ended && b.ended,
  };
}

/** Runs that are merged are of one catalog: only what each left out may be another thing. What one of them checked is not left out. */
function joinedPlans(a: Results['plan'], b: Results['plan']): Results['plan'] {
  if (a === null || b === null) return null;
  return new Map(
    [...a].map(([id, planned]) => {
      const reasons = [planned.terms.leftOut, b.get(id)?.terms.leftOut];
      const terms = { ...planned.terms };
      delete terms.leftOut;
      const why = reasons.includes(undefined) ? undefined : LEFT_OUT.find((each) => reasons.includes(each));
      return [id, { ...planned, terms: why === undefined ? terms : { ...terms, leftOut: why } }];
    }),
  );
}

const nameOf = (results: Results, { subject }: CellResult): string => {
  const last = results.runs.findLast(({ header }) => header.cells.some((cell) => cell.subject === subject));
  return last?.header.run ?? '';
};

function requireAgreement(a: CellResult, b: CellResult, runs: () => [string, string]): void {
  if (a.keyDigest !== b.keyDigest) {
    const [runA, runB] = runs();
    throw invalid(
      `${cellId(b)} is of different inputs in ${runA} and ${runB}`,
      'give one of them, or show the older one with --history',
    );
  }
  const [imageA, imageB] = [imageOf(a), imageOf(b)];
  if (imageA !== null && imageB !== null && imageA !== imageB) {
    const [runA, runB] = runs();
    throw invalid(
      `${cellId(b)} is a pass in ${runA} and in ${runB}, of different images: ${imageA} and ${imageB}`,
      'what differs between these runs decides the image: compare both with `twinproof diff`',
    );
  }
  if (a.verdict !== b.verdict) {
    const [runA, runB] = runs();
    throw invalid(
      `${cellId(b)} is ${a.verdict} in ${runA} and ${b.verdict} in ${runB}, for the same key`,
      'the result is not stable; give one of them, or show the older one with --history',
    );
  }
}

/**
 * The image that a subject was found to be by itself: what every other run of the same key must come to as well. Null for
 * cells of other claims, and where less than an equal image was asked for.
 */
function imageOf({ claim, verdict, detail: { asked, a } }: CellResult): string | null {
  if (claim !== 'reproducible' || verdict !== 'pass') return null;
  if (asked !== 'config' && asked !== 'manifest') return null;
  const image = typeof a === 'object' && a !== null && !Array.isArray(a) ? a[asked] : null;
  return typeof image === 'string' ? image : null;
}

/** Code unit order, the same on every machine whatever its locale. */
const invalid = (message: string, hint?: string): TwinproofError =>
  new TwinproofError('record-invalid', message, hint === undefined ? {} : { hint });
