import { foldedErrors } from '../alike.ts';
import { cellFindings } from '../cell-findings.ts';
import { escapeMarkdown } from '../escape-markdown.ts';
import { type ReportInput, type ToldCell, toldCells, worstFirst } from '../input.ts';
import type { SourcePlace } from '../place.ts';
import { limited } from '../limit.ts';
import { markdownMatrix } from '../markdown.ts';
import { countsLine } from '../matrix.ts';
import type { Format } from '../format.ts';

/** Characters: a comment on GitHub holds 65,536, one on GitLab 1,000,000; a job summary 1 MiB. */
const COMMENT = 60_000;
const JOB_SUMMARY = 900_000;
/** Failures reported at length; the others are folded. */
const OPEN = 3;
/** Vulnerabilities and the like reported of one failure. */
const FINDINGS = 20;

/** Markdown for a comment on a merge request: the failure and its fix first, all else folded. */
export const commentReport = (input: ReportInput): string => compose(input, COMMENT);

/** The same for `$GITHUB_STEP_SUMMARY`, which holds more. */
export const jobSummaryReport = (input: ReportInput): string => compose(input, JOB_SUMMARY);

function compose(input: ReportInput, limit: number): string {
  const open = worstFirst(toldCells(input)).filter(({ verdict }) => !['pass', 'skipped'].includes(verdict));
  const bad = foldedErrors(open);
  const head = `**${countsLine(input.summary)}** · ${escapeMarkdown(limited(input.summary.catalog.name, 200))}`;
  const incomplete = input.summary.complete ? [] : ['', '**Incomplete run: this is not a result.**'];
  const stories = bad.slice(0, OPEN).flatMap((cell) => ['', ...story(cell)]);
  const text = [head, ...incomplete, ...stories].join('\n');
  const rest = bad.slice(OPEN).map(line);
  const room = limit - text.length;
  const others = folded(`${rest.length} more that do not hold`, fitting(rest, room / 2));
  const matrix = folded('The whole matrix', fitting(markdownMatrix(input.summary), room / 2 - 500));
  return `${[text, ...others, ...matrix].join('\n')}\n`;
}

type Folded = ToldCell & { claims: string };

function story(cell: Folded): string[] {
  const fixes = cell.causes.filter(({ fix }) => fix !== '').slice(0, 5);
  return [
    `### ${cell.verdict}: ${escapeMarkdown(cell.subject)} ${escapeMarkdown(cell.claims)}`,
    '',
    escapeMarkdown(limited(cell.summary, 500)),
    ...findingLines(cell),
    ...(cell.place === null ? [] : ['', `In ${placeText(cell.place)}.`]),
    ...cell.causes.slice(0, 5).map(({ id, confidence, paths, count }) => {
      const where = paths.slice(0, 3).map(escapeMarkdown).join(', ');
      const sure = id === 'unknown' || confidence === '' ? '' : ` (${escapeMarkdown(confidence)})`;
      return `\n- **${escapeMarkdown(id)}**${sure}${where === '' ? '' : `: ${where}`}${count > 3 ? ` and ${count - 3} more` : ''}`;
    }),
    ...fixes.flatMap(({ fix }) => ['', 'Fix:', ...code(fix)]),
    ...(cell.result?.fix === undefined ? [] : ['', `Fix: ${escapeMarkdown(limited(cell.result.fix, 500))}`]),
    ...(cell.repeat === null ? [] : ['', 'Repeat it:', ...code(cell.repeat)]),
  ];
}

/** Vulnerabilities and the like, one a line. */
function findingLines(cell: ToldCell): string[] {
  const all = cellFindings(cell);
  if (all.length === 0) return [];
  const shown = all.slice(0, FINDINGS).map(({ text }) => `- ${escapeMarkdown(limited(text, 300))}`);
  const more = all.length - shown.length;
  return ['', ...shown, ...(more > 0 ? [`- … and ${more} more`] : [])];
}

const placeText = ({ file, line }: SourcePlace): string =>
  `${escapeMarkdown(file)}${line === null ? '' : `, line ${line}`}`;

/** A block of code that its content cannot end: an indented one knows no end mark. */
const code = (text: string): string[] => [
  '',
  ...limited(text, 1000)
    .split('\n')
    .map((each) => `    ${noCommand(escapeControls(each))}`),
];

/** GitHub's runner takes a line that begins so for a command, also behind blanks, where the text is printed to its log. */
const noCommand = (text: string): string => text.replace(/^(\s*):(?=:)/, '$1: ');

const escapeControls = (text: string): string =>
  text.replaceAll(/\p{Cc}|\p{Cf}|\p{Cs}|\u2028|\u2029/gu, '\ufffd');

const line = (cell: Folded): string =>
  `- **${cell.verdict}** ${escapeMarkdown(cell.subject)} ${escapeMarkdown(cell.claims)}: ${escapeMarkdown(limited(cell.summary, 200))}`;

/** As many lines as fit, and how many do not. */
function fitting(lines: readonly string[], room: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const each of lines) {
    used += each.length + 1;
    if (used > room) break;
    kept.push(each);
  }
  const left = lines.length - kept.length;
  return left === 0 ? kept : [...kept, '', `… and ${left} more lines; see the whole report.`];
}

const folded = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', '<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>'];

export const comment: Format = {
  id: 'comment',
  file: 'comment.md',
  purpose:
    'a comment on a merge request: the failure and its fix first, the rest folded, below 60,000 characters',
  make: commentReport,
};

export const githubSummary: Format = {
  id: 'github-summary',
  file: 'github-summary.md',
  purpose: '`$GITHUB_STEP_SUMMARY`',
  make: jobSummaryReport,
};
