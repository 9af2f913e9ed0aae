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

/** The matrix as a Markdown table, what is not a pass and what is exempt reported below it. Same log, same bytes. */
export function markdownReport(input: ReportInput): string {
  const { summary } = input;
  const reported = foldedErrors(summary.cells.filter(({ verdict }) => verdict !== 'pass')).map(
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
    ...(reported.length === 0 ? [] : [...reported, '']),
    ...exemptionLines(input),
  ].join('\n');
}

function exemptionLines(input: ReportInput): string[] {
  const all = exemptionsOf(input);
  if (all.length === 0) return [];
  const rows = all.map((reported) => {
    const cells = [
      `${reported.subject} ${reported.claim}`,
      scopeText(reported),
      reported.state,
      reported.expires,
      reported.owner,
      reported.reason,
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
