import { createTwoFilesPatch } from 'diff';
import type { CellResult } from '../record/events.ts';
import { escapeLines, escapeText } from './escape.ts';

/** Image IDs of twins; null for one that was not built. */
export interface Digests {
  a: string | null;
  b: string | null;
}

/** What became of one subject. */
export interface CheckedFix {
  subject: string;
  /** Verdict of `reproducible` with all fixes made. */
  verdict: CellResult['verdict'];
  /** Fixes in the order in which they were made. */
  made: string[];
  /** Image IDs of the twins before any fix, and after the last. */
  before: Digests;
  after: Digests;
  /** The recipe before and after. */
  recipe: { before: string; after: string };
  /** Causes that are left. */
  left: string[];
}

const short = (digest: string | null): string =>
  digest === null ? '-' : digest.replace('sha256:', '').slice(0, 12);

function patchOf({ recipe }: CheckedFix): string[] {
  if (recipe.before === recipe.after) return [];
  const patch = createTwoFilesPatch('Containerfile', 'Containerfile', recipe.before, recipe.after);
  const lines = patch.slice(patch.indexOf('--- ')).trimEnd().split('\n').slice(2);
  return escapeLines(lines.join('\n'))
    .split('\n')
    .map((line) => `    ${line}`);
}

const OUTCOME: Record<CheckedFix['verdict'], string> = {
  pass: 'reproducible',
  fail: 'still differs',
  waived: 'still differs, as an exemption allows',
  error: 'could not be built',
  skipped: 'was not built',
};

function lines(checked: CheckedFix): string[] {
  const { subject, verdict, made, before, after, left } = checked;
  const ids = `A ${short(before.a)}, B ${short(before.b)} before; A ${short(after.a)}, B ${short(after.b)} after`;
  const rest = left.length === 0 ? '' : `; left: ${left.join(', ')}`;
  const fixes =
    made.length === 0 ? 'no fix could be made' : `${made.length} ${made.length === 1 ? 'fix' : 'fixes'}`;
  return [`${escapeText(subject)}: ${OUTCOME[verdict]} (${fixes}; ${ids}${rest})`, ...patchOf(checked)];
}

/** What became of each subject; ends with a line feed. */
export function checkFixesText(checked: readonly CheckedFix[]): string {
  const equal = checked.filter(({ verdict, made }) => verdict === 'pass' && made.length > 0).length;
  return [
    ...checked.flatMap(lines),
    `${equal} of ${checked.length} became reproducible by fixes made here`,
    '',
  ].join('\n');
}
