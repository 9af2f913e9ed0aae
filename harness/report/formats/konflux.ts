import { touchesNothing } from '../../record/summary.ts';
import { foldedErrors } from '../alike.ts';
import { escapeText } from '../escape.ts';
import { type ReportInput, type ToldCell, timesOf, toldCells, worstFirst } from '../input.ts';
import { limitedBytes } from '../limit.ts';
import { countsLine } from '../matrix.ts';
import type { Format } from '../format.ts';

/**
 * Bytes of what `DIFF_SUMMARY` and the note may take: all results of a TaskRun together hold 4,096 bytes, and other
 * steps want some.
 */
const SUMMARY_BYTES = 1500;
const NOTE_BYTES = 400;

/**
 * Results of a Tekton task, each under its name. `TEST_OUTPUT` is what Konflux's integration service reads:
 * a difference is FAILURE, what could not be checked ERROR, what is waived WARNING, and nothing checked at all is
 * ERROR, never SUCCESS, but SKIPPED where a change touches nothing.
 */
export function konfluxResults(input: ReportInput): Map<string, string> {
  const cells = toldCells(input);
  return new Map([
    ['TEST_OUTPUT', testOutput(input, cells)],
    ['REPRODUCIBLE', String(isReproducible(input, cells))],
    ['DIFF_SUMMARY', diffSummary(cells)],
  ]);
}

function testOutput(input: ReportInput, cells: readonly ToldCell[]): string {
  const count = (...verdicts: string[]): number =>
    cells.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const [successes, failures, errors, warnings] = [
    count('pass'),
    count('fail'),
    count('error', 'missing'),
    count('waived'),
  ];
  const undecided = errors > 0 || !input.summary.complete || successes + failures + warnings === 0;
  const checked = failures > 0 ? 'FAILURE' : warnings > 0 ? 'WARNING' : 'SUCCESS';
  const nothing = touchesNothing(input.summary) && input.summary.complete;
  return JSON.stringify({
    result: nothing ? 'SKIPPED' : undecided && failures === 0 ? 'ERROR' : checked,
    timestamp: timesOf(input).finished,
    note: limitedBytes(ascii(countsLine(input.summary)), NOTE_BYTES),
    namespace: 'twinproof',
    successes,
    // The contract knows no count of errors, and a reader that sums must not see them vanish.
    failures: failures + errors,
    warnings,
  });
}

/** True only when every subject that was asked is reproducible. */
function isReproducible({ summary }: ReportInput, cells: readonly ToldCell[]): boolean {
  const asked = cells.filter(({ claim, verdict }) => claim === 'reproducible' && verdict !== 'skipped');
  return summary.complete && asked.length > 0 && asked.every(({ verdict }) => verdict === 'pass');
}

function diffSummary(cells: readonly ToldCell[]): string {
  const open = worstFirst(cells).filter(({ verdict }) =>
    ['fail', 'error', 'missing', 'waived'].includes(verdict),
  );
  const lines = foldedErrors(open).map(({ subject, claims, verdict, causes, summary }) => {
    const why = causes.length === 0 ? summary : [...new Set(causes.map(({ id }) => id))].join(', ');
    return limitedBytes(ascii(`${verdict} ${subject} ${claims}: ${why}`), 300);
  });
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += line.length + 1;
    if (bytes > SUMMARY_BYTES - 40) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return [...kept, ...(left === 0 ? [] : [`and ${left} more`])].join('\n');
}

/** Tekton counts the bytes of the JSON that carries the results, in which quotes, backslashes and the like grow. */
const ascii = (text: string): string =>
  escapeText(text)
    .replaceAll(/[^ -~]/g, '?')
    .replaceAll(/["\\<>&]/g, "'");

export const konflux: Format = {
  id: 'konflux',
  file: null,
  files: 'three files',
  purpose:
    "results of a Tekton task: `TEST_OUTPUT`, `REPRODUCIBLE`, `DIFF_SUMMARY`, together below Tekton's 4 KiB",
  make: konfluxResults,
};
