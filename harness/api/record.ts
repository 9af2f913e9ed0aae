/**
 * `import … from 'twinproof/record'`: what runs left behind (docs/results.md), and reports of it (docs/reports.md).
 *
 * @module twinproof/record
 */
import type { CellResult } from '../record/events.ts';
import { mergeRuns } from '../record/merge.ts';
import { type Run, cellId, readRun } from '../record/reader.ts';
import type { Results } from '../record/results.ts';
import { type Summary, exitCode, summarise } from '../record/summary.ts';
import { FORMATS, reportFiles, wantEvidence } from '../report/formats.ts';
import { reportInput } from '../report/input.ts';
import { withEvidence } from '../report/page/with-evidence.ts';

export { cellId, exitCode, mergeRuns, readRun, summarise };
export type { CellResult, Results, Run, Summary };

/** Names of all forms of a report. */
export const REPORT_FORMATS: readonly string[] = FORMATS.ids;

/**
 * Reads runs and puts them together: shards, platforms and hosts become one set of results.
 * @param paths run folders or their `run.jsonl`
 * @throws TwinproofError `record-invalid` for a log that no run wrote, a shard that is missing, or runs that contradict
 * each other
 */
export const readResults = async (...paths: readonly string[]): Promise<Results> =>
  mergeRuns(await Promise.all(paths.map((path) => readRun(path))));
export type { PlannedCell } from '../record/planned.ts';
export type { PlannedTerms, RunInfo } from '../record/results.ts';

/**
 * Makes reports. What runs recorded is escaped for each format; evidence is read where a format tells of causes.
 * @param history earlier results of the same catalog, oldest first, to show what changed
 * @param formats of `REPORT_FORMATS`
 * @returns text by file name, relative to the folder that they are for
 * @throws Error for a form that there is not
 */
export async function report(
  results: Results,
  formats: readonly string[],
  history: readonly Results[] = [],
): Promise<Map<string, string>> {
  const asked = FORMATS.only(formats);
  const { CLAIMS } = await import('../claims/registry.ts');
  const input = reportInput(results, [...history], CLAIMS);
  return reportFiles(wantEvidence(asked) ? await withEvidence(input) : input, asked);
}
