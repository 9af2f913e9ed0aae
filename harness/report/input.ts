import type { CellResult } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';
import { type Summary, summarise } from '../record/summary.ts';
import { type ToldCause, causesOf } from './causes.ts';
import { type SourcePlace, placeOf } from './place.ts';
import { repeatCommands } from './repeat.ts';
import type { Verdict } from '../model/verdicts.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import { Registry } from '../model/registry.ts';

/** What a report is made of, and nothing else: no clock, no settings of the machine. */
export interface ReportInput {
  results: Results;
  summary: Summary;
  /** Earlier results of the same catalog, oldest first. */
  history: Results[];
  /** What is known of claims; needed for what changed since earlier results. */
  claims: Registry<ClaimDeclaration>;
  /** Causes with their fixes out of the evidence, by `cellId`; `withEvidence` fills it. */
  causes: Map<string, ToldCause[]>;
}

export const reportInput = (
  results: Results,
  history: Results[] = [],
  claims: Registry<ClaimDeclaration> = new Registry<ClaimDeclaration>([]),
): ReportInput => ({
  results,
  summary: summarise(results),
  history,
  claims,
  causes: new Map(),
});

/** A cell as reports tell it. One that was asked for and never decided is reported too, as `missing`. */
export interface ToldCell {
  subject: string;
  claim: string;
  verdict: Verdict | 'missing';
  /** One line. */
  summary: string;
  /** Null when it is missing. */
  result: CellResult | null;
  causes: ToldCause[];
  /** Where in the sources it goes wrong; null when that is not recorded. */
  place: SourcePlace | null;
  /** The command that repeats it; null where there is none. */
  repeat: string | null;
  /** Seconds. */
  seconds: number;
}

/** All cells in the order of the catalog. */
export function toldCells({ results, causes: read }: ReportInput): ToldCell[] {
  const repeat = repeatCommands(results);
  return results.planned.map(({ subject, claim }) => {
    const id = cellId({ subject, claim });
    const result = results.cells.get(id) ?? null;
    const causes = read.get(id) ?? (result === null ? [] : causesOf(result));
    return {
      subject,
      claim,
      verdict: result?.verdict ?? 'missing',
      summary: result?.summary ?? 'the run ended before this was decided',
      result,
      causes,
      place: placeOf(results.twins.get(subject), causes),
      repeat: repeat({ subject, claim }),
      seconds: result?.seconds ?? 0,
    };
  });
}

const ORDER = ['fail', 'error', 'missing', 'waived', 'skipped', 'pass'];

/** What does not hold first, then what could not be checked; else as it was. */
export const worstFirst = (cells: readonly ToldCell[]): ToldCell[] =>
  [...cells].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));

/** When the results began and ended, ISO 8601; an end that is not recorded is the beginning. */
export function timesOf({ results }: ReportInput): { started: string; finished: string } {
  const started = results.runs.map(({ header }) => header.started).sort();
  const finished = results.runs.flatMap((run) => run.finished ?? []).sort();
  const first = started[0] ?? '1970-01-01T00:00:00.000Z';
  return { started: first, finished: finished.at(-1) ?? first };
}
