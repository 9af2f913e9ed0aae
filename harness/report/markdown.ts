import type { Summary } from '../record/summary.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { countsLine, matrixOf } from './matrix.ts';

/** The matrix as a Markdown table, what is not a pass told below it. Same summary, same bytes. */
export function markdownReport(summary: Summary): string {
  const told = summary.cells
    .filter(({ verdict }) => verdict !== 'pass')
    .map(
      (cell) =>
        `- **${cell.verdict}** ${escapeMarkdown(cell.subject)} ${escapeMarkdown(cell.claim)}: ${escapeMarkdown(cell.summary)}`,
    );
  const incomplete = summary.complete ? [] : ['**Incomplete run: this is not a result.**', ''];
  return [
    `# ${escapeMarkdown(summary.catalog.name)}`,
    '',
    ...incomplete,
    `${countsLine(summary)} · catalog \`${summary.catalog.digest}\``,
    '',
    ...markdownMatrix(summary),
    '',
    ...(told.length === 0 ? [] : [...told, '']),
  ].join('\n');
}

/** The table alone, line by line. */
export function markdownMatrix(summary: Summary): string[] {
  const { claims, rows } = matrixOf(summary);
  return [
    `| subject | ${claims.map(escapeMarkdown).join(' | ')} |`,
    `|---|${claims.map(() => '---|').join('')}`,
    ...rows.map(
      (row) =>
        `| ${escapeMarkdown(row.subject)} | ${row.cells.map((cell) => cell?.verdict ?? '–').join(' | ')} |`,
    ),
  ];
}
