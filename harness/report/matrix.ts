import type { Summary, SummaryCell } from '../record/summary.ts';

export interface MatrixRow {
  subject: string;
  /** One a claim, in the order of `Matrix.claims`; null where the run has no such cell. */
  cells: (SummaryCell | null)[];
}

export interface Matrix {
  claims: string[];
  rows: MatrixRow[];
}

/** Subjects down, claims across. */
export function matrixOf(summary: Summary): Matrix {
  const bySubject = Map.groupBy(summary.cells, (cell) => cell.subject);
  const rows = [...bySubject].map(([subject, cells]) => ({
    subject,
    cells: summary.claims.map((claim) => cells.find((cell) => cell.claim === claim) ?? null),
  }));
  return { claims: summary.claims, rows };
}

/** How thorough it was; null where nothing takes long. */
export function depthText({ depth }: Summary): string | null {
  if (depth === undefined) return null;
  return depth === 'thorough' ? 'thorough' : 'standard, slow checks skipped';
}

/** `3 passed, 1 failed`, leaving out what there is none of. */
export function countsLine(summary: Summary): string {
  const { pass, fail, error, skipped, waived } = summary.counts;
  const parts = [
    [pass, 'passed'],
    [fail, 'failed'],
    [error, error === 1 ? 'error' : 'errors'],
    [waived, 'waived'],
    [skipped, 'skipped'],
    [summary.missing.length, 'missing'],
    [summary.untouched ?? 0, 'untouched'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const checked = summary.cells.length + summary.missing.length > 0;
  return [...(checked ? [] : ['nothing was checked']), ...said].join(', ');
}
