import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../engine/storage.ts';
import { type Run, readRun } from '../record/reader.ts';
import { resultsOf } from '../record/results.ts';
import type { Summary } from '../record/summary.ts';
import { type ReportInput, reportInput } from '../report/input.ts';
import { jsonReport } from '../report/json.ts';
import { markdownReport } from '../report/markdown.ts';

/** A run's folder once its log is written. */
export interface LeftRun {
  folder: string;
  summary: Summary;
  run: Run;
}

/** What a log comes to, and the reports beside it. */
export async function leaveReports(folder: string): Promise<LeftRun> {
  const run = await readRun(folder);
  const report = reportInput(resultsOf(run));
  await writeReports(folder, report);
  return { folder, summary: report.summary, run };
}

async function writeReports(folder: string, report: ReportInput): Promise<void> {
  try {
    await writeFile(join(folder, 'summary.json'), jsonReport(report.summary));
    await writeFile(join(folder, 'matrix.md'), markdownReport(report));
  } catch (cause) {
    throw storageError(`could not write the reports in ${folder}`, cause);
  }
}
