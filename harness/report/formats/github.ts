import { foldedErrors } from '../alike.ts';
import { escapeText } from '../escape.ts';
import { type ReportInput, type ToldCell, toldCells, worstFirst } from '../input.ts';
import { limited } from '../limit.ts';
import { countsLine } from '../matrix.ts';
import { storyLines } from '../story-text.ts';
import type { Format } from '../format.ts';

/** GitHub shows ten annotations of a kind for one step and drops the rest. */
const SHOWN = 10;

/** Workflow commands that annotate the lines of the Containerfiles that are to blame. Print them to the job's log. */
export function githubReport(input: ReportInput): string {
  const cells = foldedErrors(worstFirst(toldCells(input)));
  const failed = cells.filter(({ verdict }) => ['fail', 'error', 'missing'].includes(verdict));
  const waived = cells.filter(({ verdict }) => verdict === 'waived');
  const left = Math.max(0, failed.length - SHOWN);
  const more = left === 0 ? [] : [`::notice::${data(`${left} more are in the report`)}`];
  return [
    ...failed.slice(0, SHOWN).map((cell) => annotation('error', cell)),
    ...waived.slice(0, SHOWN).map((cell) => annotation('warning', cell)),
    ...more,
    plain(countsLine(input.summary)),
    '',
  ].join('\n');
}

type Folded = ToldCell & { claims: string };

function annotation(kind: 'error' | 'warning', cell: Folded): string {
  const { file, line } = cell.place ?? {};
  const where = file === undefined ? '' : `file=${property(file)},line=${line ?? 1},`;
  const title = property(`${cell.verdict}: ${cell.subject} ${cell.claims}`);
  return `::${kind} ${where}title=${title}::${data(limited(storyLines(cell).map(escapeText).join('\n'), 4000))}`;
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string =>
  data(escapeText(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A line that the runner must not take for a command. */
const plain = (text: string): string => escapeText(text).replaceAll('::', ': :');

export const github: Format = {
  id: 'github',
  file: 'github.txt',
  purpose: "GitHub annotations at the Containerfile; print it to the job's log",
  make: githubReport,
};
