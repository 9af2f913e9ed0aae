import { escapeText } from '../escape.ts';
import { type ReportInput, type ToldCell, timesOf, toldCells } from '../input.ts';
import { limited } from '../limit.ts';
import { storyLines } from '../story-text.ts';
import type { Format } from '../format.ts';

type Status = 'passed' | 'failed' | 'skipped' | 'other';

/** CTRF has no word for what could not be decided or is waived: `rawStatus` keeps ours, and an error counts as failed. */
const STATUS: Record<ToldCell['verdict'], Status> = {
  pass: 'passed',
  fail: 'failed',
  error: 'failed',
  missing: 'failed',
  skipped: 'skipped',
  waived: 'other',
};

/** Common Test Report Format, one test a cell. */
export function ctrfReport(input: ReportInput): string {
  const cells = toldCells(input);
  const { started, finished } = timesOf(input);
  const count = (status: Status): number => cells.filter(({ verdict }) => STATUS[verdict] === status).length;
  const report = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'Twinproof', version: input.results.harness },
      summary: {
        tests: cells.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        suites: new Set(cells.map(({ subject }) => subject)).size,
        start: Date.parse(started),
        stop: Date.parse(finished),
      },
      tests: cells.map(test),
    },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function test(cell: ToldCell): object {
  const { place } = cell;
  return {
    name: escapeText(`${cell.subject} ${cell.claim}`),
    status: STATUS[cell.verdict],
    rawStatus: cell.verdict,
    duration: Math.round(cell.seconds * 1000),
    suite: [escapeText(cell.subject)],
    ...(cell.verdict === 'pass'
      ? {}
      : {
          message: limited(escapeText(cell.summary), 2000),
          trace: limited(storyLines(cell).map(escapeText).join('\n'), 8000),
        }),
    ...(place === null ? {} : { filePath: escapeText(place.file) }),
    ...(place?.line == null ? {} : { line: place.line }),
  };
}

export const ctrf: Format = {
  id: 'ctrf',
  file: 'ctrf.json',
  purpose: 'Common Test Report Format',
  make: ctrfReport,
};
