import { styleText } from 'node:util';
import { escapeText } from '../report/escape.ts';
import { type Change, CHANGES } from './compare.ts';
import type { GateResult } from './judge.ts';

const TITLES: Record<Change, string> = {
  regression: 'Regressions: held before, and do not now',
  'new-failure': 'New, and do not hold',
  missing: 'Asked for, and never decided',
  undecided: 'Could be checked before, and cannot be now',
  'new-undecided': 'New, and could not be checked',
  gone: 'Gone: in the baseline, and not asked for now, or skipped',
  waived: 'Waived now',
  improvement: 'Improvements: hold now',
  new: 'New',
  still: 'As before',
  same: 'As before',
};

const STYLES: Partial<Record<Change, 'red' | 'yellow' | 'green'>> = {
  regression: 'red',
  'new-failure': 'red',
  missing: 'red',
  undecided: 'yellow',
  'new-undecided': 'yellow',
  gone: 'red',
  waived: 'yellow',
  improvement: 'green',
};

/** Lines told of one kind; JSON has them all. */
const MAX_LINES = 50;

/** The gate's result for people, worst first; the last line says what comes of it. */
export function gateText(result: GateResult, options: { color: boolean }): string {
  const paint = (change: Change, text: string): string => {
    const style = STYLES[change];
    return options.color && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  };
  const kinds = CHANGES.flatMap((change) => {
    const cells = result.changes.filter((cell) => cell.change === change);
    if (cells.length === 0) return [];
    const lines = cells.slice(0, MAX_LINES).map((cell) => {
      const { before, now, flaky, mode, counts } = cell;
      const remark = [...(flaky ? ['same inputs: flaky'] : []), ...(counts ? [mode] : [])].join(', ');
      return `  ${escapeText(cell.subject)} ${escapeText(cell.claim)}: ${before ?? 'absent'} → ${now ?? 'absent'}${remark === '' ? '' : ` (${remark})`}`;
    });
    const left = cells.length - lines.length;
    return [paint(change, TITLES[change]), ...lines, ...(left === 0 ? [] : [`  … and ${left} more`])];
  });
  const notes = result.notes.map((note) => `note: ${escapeText(note)}`);
  return [...kinds, ...notes, lastLine(result), ''].join('\n');
}

function lastLine({ outcome, exitCode, counts, flaky, mode }: GateResult): string {
  const words: Record<GateResult['outcome'], string> = {
    pass: 'nothing is worse than the baseline',
    fail: 'worse than the baseline',
    undecided: 'not decided: something was not checked',
  };
  const said = [
    [counts.regression, 'regressions'],
    [counts['new-failure'], 'new failures'],
    [counts.missing + counts.undecided + counts['new-undecided'], 'undecided'],
    [counts.improvement, 'improvements'],
    [counts.still, 'known failures'],
    [flaky, 'flaky'],
  ] as const;
  const numbers = said.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const stopped = exitCode === 0 ? (outcome === 'pass' ? '' : `; ${mode}: does not block`) : '; blocks';
  return `${words[outcome]}${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}${stopped}`;
}
