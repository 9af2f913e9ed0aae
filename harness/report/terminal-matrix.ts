import Table from 'cli-table3';
import type { SummaryCell } from '../record/summary.ts';
import { escapeText } from './escape.ts';
import type { Matrix } from './matrix.ts';

/** No rules between rows: a catalog has many. */
const COMPACT = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** How a cell is shown; null where there is none. */
type Show = (cell: SummaryCell | null) => string;

/**
 * The matrix as a table; where that is wider than so many columns, as two: what is claimed of all subjects, and what is
 * claimed of some.
 */
export function matrixTables(matrix: Matrix, columns: number, show: Show): string[] {
  const whole = table(matrix, show);
  if (whole.width <= columns) return [whole.toString()];
  const isShared = (at: number): boolean => matrix.rows.every(({ cells }) => cells[at] !== null);
  const parts = [part(matrix, isShared), part(matrix, (at) => !isShared(at))];
  return parts.filter(({ rows }) => rows.length > 0).map((one) => fitting(one, columns, show));
}

/** Those claims only, and the subjects of which they are claimed. */
function part({ claims, rows }: Matrix, isIn: (at: number) => boolean): Matrix {
  const left = rows.map(({ subject, cells }) => ({ subject, cells: cells.filter((_cell, at) => isIn(at)) }));
  return {
    claims: claims.filter((_claim, at) => isIn(at)),
    rows: left.filter(({ cells }) => cells.some((cell) => cell !== null)),
  };
}

/** With claims down and subjects across where that is what fits. */
function fitting(matrix: Matrix, columns: number, show: Show): string {
  const straight = table(matrix, show);
  if (straight.width <= columns) return straight.toString();
  const turned = new Table(frame(['claim', ...matrix.rows.map(({ subject }) => escapeText(subject))]));
  for (const [at, claim] of matrix.claims.entries())
    turned.push([claim, ...matrix.rows.map(({ cells }) => show(cells[at] ?? null))]);
  return (turned.width < straight.width ? turned : straight).toString();
}

function table({ claims, rows }: Matrix, show: Show): Table.Table {
  const made = new Table(frame(['subject', ...claims]));
  for (const { subject, cells } of rows) made.push([escapeText(subject), ...cells.map(show)]);
  return made;
}

const frame = (head: string[]): Table.TableConstructorOptions => ({
  head,
  style: { head: [], border: [] },
  chars: COMPACT,
});
