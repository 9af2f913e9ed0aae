import type { CellResult, Verdict } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';

/**
 * What became of a cell since the baseline.
 * `regression`: held, and does not any more. `undecided`: could be checked, and cannot be now. `new-failure`,
 * `new-undecided`, `new`: not in the baseline. `improvement`: holds now. `gone`: decided in the baseline, and not asked for now,
 * or skipped. `missing`: asked
 * for now and never decided. `waived`: an exemption covers it now and did not before. `still`: does not hold, as before.
 */
export const CHANGES = [
  'regression',
  'new-failure',
  'missing',
  'undecided',
  'new-undecided',
  'gone',
  'waived',
  'improvement',
  'new',
  'still',
  'same',
] as const;
export type Change = (typeof CHANGES)[number];

export interface CellChange {
  subject: string;
  claim: string;
  change: Change;
  /** Null where it was not asked for, `missing` where it was and never decided. */
  before: Verdict | 'missing' | null;
  now: Verdict | 'missing' | null;
  /** The same inputs gave another verdict before: the result is not stable. */
  flaky: boolean;
  /** Of now; of the baseline for what is gone. */
  summary: string;
}

/** Each cell of now and of the baseline, in the order of the catalog; what is gone comes last. */
export function compareResults(now: Results, baseline: Results): CellChange[] {
  const asked = { now: idsOf(now), before: idsOf(baseline) };
  const gone = baseline.planned.filter((cell) => !asked.now.has(cellId(cell)));
  return [...now.planned, ...gone].map((planned) => {
    const id = cellId(planned);
    const [before, after] = [baseline.cells.get(id), now.cells.get(id)];
    const was = before?.verdict ?? (asked.before.has(id) ? 'missing' : null);
    const is = after?.verdict ?? (asked.now.has(id) ? 'missing' : null);
    return {
      subject: planned.subject,
      claim: planned.claim,
      change: kindOf(was, is),
      before: was,
      now: is,
      flaky: sameInputs(before, after) && decided(was) && decided(is) && was !== is,
      summary: (after ?? before)?.summary ?? '',
    };
  });
}

const idsOf = ({ planned }: Results): Set<string> => new Set(planned.map(cellId));

const sameInputs = (a: CellResult | undefined, b: CellResult | undefined): boolean =>
  a !== undefined && b !== undefined && a.keyDigest !== null && a.keyDigest === b.keyDigest;

type State = CellChange['now'];

const decided = (state: State): boolean => state === 'pass' || state === 'fail';
const bad = (state: State): boolean => state === 'fail' || state === 'error' || state === 'missing';

function kindOf(was: State, is: State): Change {
  if (is === null) return 'gone';
  if (is === 'missing') return 'missing';
  if (was === null || was === 'missing') {
    if (is === 'fail') return 'new-failure';
    return is === 'error' ? 'new-undecided' : 'new';
  }
  // A claim that is no longer made, or left out of this run, says nothing any more.
  if (is === 'skipped') return was === 'skipped' ? 'same' : 'gone';
  // What failed and cannot even be checked now is no better, and no news.
  if (bad(was)) return is === 'pass' ? 'improvement' : is === 'waived' ? 'waived' : 'still';
  if (is === 'fail') return 'regression';
  if (is === 'error') return 'undecided';
  if (is === 'waived') return was === 'waived' ? 'same' : 'waived';
  return was === 'waived' ? 'improvement' : 'same';
}
