import { styleText } from 'node:util';
import { escapeText } from '../report/escape.ts';
import { limited } from '../report/limit.ts';
import { ALLOWABLE } from './allow.ts';
import { type Change, CHANGES } from './kind.ts';
import type { GateResult } from './judge.ts';

const TITLES: Record<Change, string> = {
  withdrawn: 'Withdrawn: not claimed any more',
  gone: 'Gone: in the baseline, and not in the catalog any more',
  exempted: 'Exempted: failures that were not allowed before',
  lowered: 'Lowered: less is asked than before, or something else',
  regression: 'Regressions: held before, and do not now',
  'new-failure': 'New, and do not hold',
  'new-finding': 'New findings: not in the baseline',
  missing: 'Asked for, and never decided',
  undecided: 'Could be checked before, and cannot be now',
  'new-undecided': 'New, and could not be checked',
  'left-out': 'Left out of this run: in the baseline, and not selected now',
  weaker: 'Weaker: fewer builds or variations than in the baseline',
  waived: 'Waived now',
  improvement: 'Improvements: hold now',
  new: 'New',
  untouched: 'Untouched',
  still: 'As before',
  same: 'As before',
};

const STYLES: Partial<Record<Change, 'red' | 'yellow' | 'green'>> = {
  withdrawn: 'red',
  exempted: 'red',
  lowered: 'red',
  'left-out': 'red',
  weaker: 'red',
  regression: 'red',
  'new-failure': 'red',
  'new-finding': 'red',
  missing: 'red',
  undecided: 'yellow',
  'new-undecided': 'yellow',
  gone: 'red',
  waived: 'yellow',
  improvement: 'green',
};

/** Characters of what changed in the catalog. */
const MAX_SUMMARY = 500;

/** Lines reported of one kind; JSON has them all. */
const MAX_LINES = 50;

/** The gate's result for people, worst first; the last line says how that affects the exit code. */
export function gateText(result: GateResult, options: { color: boolean }): string {
  const paint = (change: Change, text: string): string => {
    const style = STYLES[change];
    return options.color && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  };
  const kinds = CHANGES.flatMap((change) => {
    const cells = result.changes.filter((cell) => cell.change === change);
    if (cells.length === 0) return [];
    const lines = cells.slice(0, MAX_LINES).map(line);
    const left = cells.length - lines.length;
    return [paint(change, TITLES[change]), ...lines, ...(left === 0 ? [] : [`  … and ${left} more`])];
  });
  const notes = result.notes.map((note) => `note: ${escapeText(note)}`);
  return [...kinds, ...howToAllow(result), ...notes, lastLine(result), ''].join('\n');
}

type Cell = GateResult['changes'][number];

const isOfCatalog = ({ change }: Cell): boolean => ALLOWABLE.some((kind) => kind === change);

function line(cell: Cell): string {
  const { subject, claim, before, now, flaky, mode, counts, allowed, summary } = cell;
  const remarks = [
    ...(flaky ? ['same inputs: flaky'] : []),
    ...(allowed ? ['allowed'] : counts ? [mode] : []),
  ];
  const what = ['exempted', 'lowered', 'weaker', 'new-finding'].includes(cell.change)
    ? limited(summary, MAX_SUMMARY)
    : `${before ?? 'absent'} → ${now ?? 'absent'}`;
  const remark = remarks.length === 0 ? '' : ` (${remarks.join(', ')})`;
  return `  ${escapeText(subject)} ${escapeText(claim)}: ${escapeText(what)}${remark}`;
}

/** The words that would let the first of them through, where they are meant. */
function howToAllow({ changes }: GateResult): string[] {
  const open = changes.find((cell) => isOfCatalog(cell) && cell.counts && cell.mode === 'block');
  if (open === undefined) return [];
  const { change, subject, claim } = open;
  return [`what is meant is allowed by name: --allow ${escapeText(`${change}:${subject}/${claim}`)}`];
}

const open = ({ changes }: GateResult, kinds: readonly Change[]): number =>
  changes.filter(({ change, counts }) => counts && kinds.includes(change)).length;

function lastLine(result: GateResult): string {
  const { outcome, exitCode, counts, flaky, mode } = result;
  const words: Record<GateResult['outcome'], string> = {
    pass: 'nothing is worse than the baseline',
    fail: 'worse than the baseline',
    undecided: 'not decided: something was not checked',
  };
  const said = [
    [open(result, ALLOWABLE), 'changes of the catalog'],
    [counts.regression, 'regressions'],
    [counts['new-failure'], 'new failures'],
    [counts['new-finding'], 'with new findings'],
    [counts.missing + counts.undecided + counts['new-undecided'], 'undecided'],
    [counts.improvement, 'improvements'],
    [counts.still, 'known failures'],
    [counts['left-out'] + counts.weaker, 'left out or weaker'],
    [counts.untouched, 'untouched'],
    [flaky, 'flaky'],
  ] as const;
  const numbers = said.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const stopped = exitCode === 0 ? (outcome === 'pass' ? '' : `; ${mode}: does not block`) : '; blocks';
  return `${words[outcome]}${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}${stopped}`;
}
