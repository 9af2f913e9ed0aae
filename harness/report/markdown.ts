import { foldedErrors } from './alike.ts';
import { limited } from './limit.ts';
import type { Summary } from '../record/summary.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { exemptionsOf, scopeText } from './exemptions.ts';
import type { ReportInput } from './input.ts';
import { countsLine, depthText, matrixOf } from './matrix.ts';
import type { Format } from './format.ts';

/** Characters of one text from a log. */
const MAX_SUMMARY = 2000;

/** The matrix as a Markdown table, what is not a pass and what is exempt told below it. Same log, same bytes. */
export function markdownReport(input: ReportInput): string {
  const { summary } = input;
  const told = foldedErrors(summary.cells.filter(({ verdict }) => verdict !== 'pass')).map(
    (cell) =>
      `- **${cell.verdict}** ${escapeMarkdown(cell.subject)} ${escapeMarkdown(cell.claims)}: ${escapeMarkdown(limited(cell.summary, MAX_SUMMARY))}`,
  );
  const depth = depthText(summary);
  const incomplete = summary.complete ? [] : ['**Incomplete run: this is not a result.**', ''];
  return [
    `# ${escapeMarkdown(summary.catalog.name)}`,
    '',
    ...incomplete,
    `${countsLine(summary)}${depth === null ? '' : ` · depth: ${depth}`} · catalog \`${summary.catalog.digest}\``,
    '',
    ...markdownMatrix(summary),
    '',
    ...(told.length === 0 ? [] : [...told, '']),
    ...exemptionLines(input),
  ].join('\n');
}

function exemptionLines(input: ReportInput): string[] {
  const all = exemptionsOf(input);
  if (all.length === 0) return [];
  const rows = all.map((told) => {
    const cells = [
      `${told.subject} ${told.claim}`,
      scopeText(told),
      told.state,
      told.expires,
      told.owner,
      told.reason,
    ];
    return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  });
  const head = ['cell', 'for', 'state', 'expires', 'owner', 'reason'];
  return ['## Exemptions', '', `| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows, ''];
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

export const markdown: Format = {
  id: 'markdown',
  file: 'matrix.md',
  purpose: 'a page in a repository',
  make: markdownReport,
  logOnly: true,
};
