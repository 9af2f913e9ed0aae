import { stringify } from 'yaml';
import { type ReportInput, type ToldCell, toldCells } from '../input.ts';
import { escapeText } from '../escape.ts';
import { limited } from '../limit.ts';
import { storyLines } from '../story-text.ts';
import type { Format } from '../format.ts';

/** TAP 14. What is waived is a failure that is known (`TODO`), what was not checked for a reason is a `SKIP`. */
export function tapReport(input: ReportInput): string {
  const cells = toldCells(input);
  const points = cells.flatMap((cell, index) => [point(cell, index + 1), ...diagnostic(cell)]);
  return ['TAP version 14', `1..${cells.length}`, ...points, ''].join('\n');
}

const OK = ['pass', 'skipped'];

function point(cell: ToldCell, number: number): string {
  const ok = OK.includes(cell.verdict) ? 'ok' : 'not ok';
  return `${ok} ${number} - ${literal(`${cell.subject} ${cell.claim}`)}${directive(cell)}`;
}

function directive({ verdict, summary }: ToldCell): string {
  const reason = literal(limited(summary, 500));
  if (verdict === 'skipped') return ` # SKIP ${reason}`;
  return verdict === 'waived' ? ` # TODO ${reason}` : '';
}

/** `#` would begin a directive; a backslash escapes it, and itself. */
const literal = (text: string): string => escapeText(text).replaceAll(/[\\#]/g, String.raw`\$&`);

function diagnostic(cell: ToldCell): string[] {
  if (OK.includes(cell.verdict)) return [];
  const { place } = cell;
  const block = stringify(
    {
      verdict: cell.verdict,
      ...(cell.result?.error === undefined ? {} : { code: cell.result.error.code }),
      message: storyLines(cell).map(escapeText),
      ...(place === null ? {} : { at: { file: escapeText(place.file), line: place.line } }),
    },
    { lineWidth: 0 },
  );
  return ['---', ...block.trimEnd().split('\n'), '...'].map((line) => `  ${line}`);
}

export const tap: Format = {
  id: 'tap',
  file: 'report.tap',
  purpose: 'TAP 14',
  make: tapReport,
};
