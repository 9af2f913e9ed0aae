import { styleText } from 'node:util';
import type { Summary, SummaryCell } from '../record/summary.ts';
import { foldedErrors } from './alike.ts';
import { escapeText } from './escape.ts';
import { limited } from './limit.ts';
import { countsLine, depthText, matrixOf } from './matrix.ts';
import { matrixTables } from './terminal-matrix.ts';
import type { Verdict } from '../model/verdicts.ts';
import type { Format } from './format.ts';

type Style = Parameters<typeof styleText>[0];

const STYLES: Record<Verdict, Style> = {
  pass: 'green',
  fail: 'red',
  error: 'magenta',
  waived: 'yellow',
  skipped: 'gray',
};

/** Of what is no terminal: as wide as lines of this kind are made. */
const COLUMNS = 120;

/** Characters of the line of a cell. */
const MAX_SUMMARY = 2000;

/** The matrix as tables that are no wider than so many columns where that is possible, and below it why each cell is not a pass. */
export function terminalReport(
  summary: Summary,
  options: { color: boolean; columns?: number | undefined },
): string {
  const paint = (style: Style, text: string): string =>
    options.color ? styleText(style, text, { validateStream: false }) : text;
  const cell = (found: SummaryCell | null): string =>
    found === null ? '-' : paint(STYLES[found.verdict], found.verdict);
  const matrix = matrixOf(summary);
  const tables = matrix.rows.length === 0 ? [] : matrixTables(matrix, options.columns ?? COLUMNS, cell);
  const reported = summary.cells.filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'error' || verdict === 'waived',
  );
  const lines = foldedErrors(reported).flatMap((found) => [
    `${paint(STYLES[found.verdict], found.verdict)} ${escapeText(found.subject)} ${escapeText(found.claims)}: ${escapeText(limited(found.summary, MAX_SUMMARY))}`,
    ...(found.fix === undefined ? [] : [`  fix: ${escapeText(limited(found.fix, MAX_SUMMARY))}`]),
  ]);
  const skipped = skippedLines(summary).map(
    (line) => `${paint(STYLES.skipped, 'skipped')} ${escapeText(line)}`,
  );
  const incomplete = summary.complete ? [] : [paint('red', 'incomplete run: this is not a result')];
  const depth = depthText(summary);
  const end = [countsLine(summary), ...(depth === null ? [] : [`depth: ${depth}`])].join('; ');
  return [...tables, ...lines, ...skipped, ...incomplete, end, ''].join('\n');
}

/** Why cells were not checked: one line a claim and reason, with the subjects where they are few. */
function skippedLines({ cells }: Summary): string[] {
  const skipped = cells.filter(({ verdict }) => verdict === 'skipped');
  const groups = Map.groupBy(skipped, ({ claim, summary }) => JSON.stringify([claim, summary]));
  return [...groups.values()].flatMap((all) => {
    const [first, second] = all;
    if (first === undefined) return [];
    const { subject, claim, summary } = first;
    const whose = second === undefined ? subject : `${all.length} subjects`;
    return `${whose} ${claim}: ${limited(summary, MAX_SUMMARY)}`;
  });
}

export const terminal: Format = {
  id: 'terminal',
  file: 'report.txt',
  purpose: 'people; the default',
  make: ({ summary }) => terminalReport(summary, { color: false }),
  logOnly: true,
};
