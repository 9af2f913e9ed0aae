import { escapeText } from '../escape.ts';
import { escapeMarkup, escapeMarkupLines } from '../escape-xml.ts';
import { type ReportInput, type ToldCell, timesOf, toldCells } from '../input.ts';
import { limited } from '../limit.ts';
import { storyLines } from '../story-text.ts';
import type { Format } from '../format.ts';

/**
 * JUnit XML as Jenkins, GitLab and GitHub actions read it: one suite a subject, one case a claim. What is waived or
 * skipped is `skipped` with the reason, since the format has no word for either; what is missing is an error.
 */
export function junitReport(input: ReportInput): string {
  const cells = toldCells(input);
  const { started } = timesOf(input);
  const suites = [...Map.groupBy(cells, ({ subject }) => subject)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeMarkup(input.summary.catalog.name)}" ${counts(cells)}>`,
    ...suites.map(([subject, own]) => suite(subject, own, started)),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(cells: readonly ToldCell[]): string {
  const failures = cells.filter(({ verdict }) => verdict === 'fail').length;
  const errors = cells.filter(({ verdict }) => verdict === 'error' || verdict === 'missing').length;
  const seconds = cells.reduce((sum, cell) => sum + cell.seconds, 0);
  return `tests="${cells.length}" failures="${failures}" errors="${errors}" time="${time(seconds)}"`;
}

/** Seconds with three digits behind the point, and none of the grouping that the schema would allow. */
const time = (seconds: number): string => seconds.toFixed(3);

function suite(subject: string, cells: readonly ToldCell[], started: string): string {
  const skipped = cells.filter(({ verdict }) => verdict === 'skipped' || verdict === 'waived').length;
  const name = escapeMarkup(subject);
  // The schema of older readers knows no zone and no fraction: UTC it is.
  const timestamp = started.slice(0, 19);
  return [
    `  <testsuite name="${name}" ${counts(cells)} skipped="${skipped}" timestamp="${timestamp}">`,
    ...cells.map(testcase),
    '  </testsuite>',
  ].join('\n');
}

function testcase(cell: ToldCell): string {
  const open = `    <testcase name="${escapeMarkup(cell.claim)}" classname="${escapeMarkup(cell.subject)}" time="${time(cell.seconds)}"`;
  const body = outcome(cell);
  return body === null ? `${open}/>` : `${open}>\n      ${body}\n    </testcase>`;
}

function outcome(cell: ToldCell): string | null {
  const message = escapeMarkup(limited(cell.summary, 2000));
  // Each line by itself: a line feed inside one could begin a command of the runner whose log the file is printed to.
  const story = escapeMarkupLines(storyLines(cell).map(escapeText).join('\n'));
  switch (cell.verdict) {
    case 'pass':
      return null;
    case 'fail':
      return `<failure type="${escapeMarkup(cell.causes[0]?.id ?? cell.claim)}" message="${message}">${story}</failure>`;
    case 'error':
      return `<error type="${cell.result?.error?.code ?? 'internal'}" message="${message}">${story}</error>`;
    case 'missing':
      return `<error type="missing" message="${message}"/>`;
    case 'waived':
      return `<skipped message="waived: ${message}"/>`;
    case 'skipped':
      return `<skipped message="${message}"/>`;
  }
}

export const junit: Format = {
  id: 'junit',
  file: 'junit.xml',
  purpose: 'GitLab, Jenkins, GitHub actions',
  make: junitReport,
};
