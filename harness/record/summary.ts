import { type CellResult, type Verdict, VERDICTS } from './events.ts';
import { type Run, cellId } from './reader.ts';

export interface SummaryCell {
  subject: string;
  claim: string;
  verdict: Verdict;
  summary: string;
  keyDigest: string | null;
}

/** What a run comes to, without times and places: two runs of the same things have equal summaries. */
export interface Summary {
  schema: 'twinproof/summary/v1';
  catalog: { name: string; digest: string };
  complete: boolean;
  counts: Record<Verdict, number>;
  claims: string[];
  cells: SummaryCell[];
  /** Cells that the header names and the log lacks, as `subject claim`. */
  missing: string[];
}

export function summarise(run: Run): Summary {
  const cells = [...run.cells.values()].sort((a, b) => compareText(cellId(a), cellId(b)));
  const missing = run.header.cells.map(cellId).filter((id) => !run.cells.has(id));
  return {
    schema: 'twinproof/summary/v1',
    catalog: run.header.catalog,
    complete: run.footer !== null && missing.length === 0,
    counts: countVerdicts(cells),
    claims: [...new Set(run.header.cells.map((cell) => cell.claim))],
    cells: cells.map(({ subject, claim, verdict, summary, keyDigest }) => ({
      subject,
      claim,
      verdict,
      summary,
      keyDigest,
    })),
    missing: missing.sort(compareText),
  };
}

export function countVerdicts(cells: Iterable<Pick<CellResult, 'verdict'>>): Record<Verdict, number> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of cells) counts[verdict] += 1;
  return counts;
}

/**
 * 0 all that was asked was checked and holds, 1 something does not hold, 2 something could not be checked (cli.md).
 * Where both 1 and 2 would fit, a proven failure is the stronger statement. Nothing checked at all is not a pass.
 */
export function exitCode(summary: Summary): 0 | 1 | 2 {
  const { counts } = summary;
  if (!summary.complete) return 2;
  if (counts.fail > 0) return 1;
  return counts.error > 0 || counts.pass + counts.waived === 0 ? 2 : 0;
}

/** Code unit order, the same on every machine whatever its locale. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
