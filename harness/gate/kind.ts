import type { CellTerms } from './terms.ts';
import type { Verdict } from '../model/verdicts.ts';

/**
 * What became of a cell since the baseline, in the order in which it is reported.
 * What the catalog says: `withdrawn`: not claimed any more. `gone`: its subject is not in the catalog any more; in logs
 * that do not name the whole catalog also what was not asked for, or skipped. `exempted`: an exemption that is new,
 * reaches further or lasts longer. `lowered`: a lower rung, a laxer policy, another smoke check.
 * What was found: `regression`: held, and does not any more. `undecided`: could be checked, and cannot be now. `new-finding`: lists what
 * the baseline does not, such as a vulnerability, though its verdict is no worse. `new-failure`,
 * `new-undecided`, `new`: not in the baseline. `missing`: asked for now and never decided. `waived`: an exemption that the
 * baseline knows covers it now. `improvement`: holds now. `still`: does not hold, as before.
 * What the run looked at: `left-out`: not selected by its options. `weaker`: fewer builds or variations. `untouched`: no
 * input of its subject changed.
 */
export const CHANGES = [
  'withdrawn',
  'gone',
  'exempted',
  'lowered',
  'regression',
  'new-failure',
  'new-finding',
  'missing',
  'undecided',
  'new-undecided',
  'left-out',
  'weaker',
  'waived',
  'improvement',
  'new',
  'untouched',
  'still',
  'same',
] as const;
export type Change = (typeof CHANGES)[number];

/** Null: not asked for; `missing`: asked for and never decided. */
export type State = Verdict | 'missing' | null;

interface Known {
  now: CellTerms | null;
  then: CellTerms | null;
  /** The log of now names the whole catalog, and the subject is in it. */
  whole: boolean;
  listed: boolean;
}

/** What became of one cell, by what the catalogs say of it and then by what was found. */
export function kindOf(is: State, was: State, { now, then, whole, listed }: Known): Change {
  if (now === null) return kindOfAbsent(then, { whole, listed });
  if (now.made === null)
    return was === 'skipped' ? 'same' : was === null || was === 'missing' ? 'new' : 'gone';
  if (!now.made) {
    if (then === null) return is === null ? 'same' : 'new';
    return then.made === true ? 'withdrawn' : 'same';
  }
  if (now.leftOut === 'untouched') return 'untouched';
  if (now.leftOut !== null) {
    if (was !== null && was !== 'skipped') return 'left-out';
    return then === null && is !== null ? 'new' : 'same';
  }
  // What was not claimed did not hold before.
  return kindOfFound(is ?? 'missing', then?.made === false ? null : was);
}

/** The catalog of now does not speak of it, or its log does not say. */
function kindOfAbsent(then: CellTerms | null, { whole, listed }: Pick<Known, 'whole' | 'listed'>): Change {
  if (then?.made === false) return 'same';
  // An older log that skipped it does not say whether it was claimed, but that nothing was found.
  if (then?.made === null && whole && listed) return 'same';
  return listed ? 'withdrawn' : 'gone';
}

const bad = (state: State): boolean => state === 'fail' || state === 'error' || state === 'missing';

function kindOfFound(is: Exclude<State, null>, was: State): Change {
  if (is === 'missing') return 'missing';
  if (was === null || was === 'missing') {
    if (is === 'fail') return 'new-failure';
    return is === 'error' ? 'new-undecided' : 'new';
  }
  // What failed and cannot even be checked now is no better, and no news.
  if (bad(was)) return is === 'pass' ? 'improvement' : is === 'waived' ? 'waived' : 'still';
  if (is === 'fail') return 'regression';
  if (is === 'error') return 'undecided';
  if (is === 'waived') return was === 'waived' ? 'same' : 'waived';
  return was === 'waived' ? 'improvement' : 'same';
}
