import type { Results } from '../record/results.ts';
import { type Allowance, allows } from './allow.ts';
import { type CellChange, compareResults } from './compare.ts';
import { type Change, CHANGES } from './kind.ts';
import { notesOf } from './notes.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';

/** `info` tells, `warn` tells loudly, `block` ends with an exit code that stops a merge. */
export const MODES = ['info', 'warn', 'block'] as const;
export type Mode = (typeof MODES)[number];

export interface GateRules {
  mode: Mode;
  /** What is known of claims: in which order their options ask less. */
  declared: Registry<ClaimDeclaration>;
  /** By claim id; others follow `mode`. */
  claims: ReadonlyMap<string, Mode>;
  /** The run was of a part of the catalog, or less deep, on purpose: what its options left out does not count. */
  partial: boolean;
  /** Changes of the catalog that are meant. */
  allow: readonly Allowance[];
  /** Days that a baseline may be older than the run. */
  maxAge: number;
}

/** `twinproof/gate/v1`; schema: gate.schema.json. */
export interface GateResult {
  schema: 'twinproof/gate/v1';
  mode: Mode;
  /** `undecided` when something was not checked and nothing is known to be worse; never `pass` then. */
  outcome: 'pass' | 'fail' | 'undecided';
  counts: Record<Change, number>;
  flaky: number;
  /**
   * All but those that are as they were, or untouched; `counts` says whether it makes the outcome, `mode` what its claim's
   * mode is, `allowed` that it was allowed by name.
   */
  changes: (CellChange & { mode: Mode; counts: boolean; allowed: boolean })[];
  /** What the reader should know about the comparison itself. */
  notes: string[];
  exitCode: 0 | 1 | 2;
}

/** What is worse than it was. */
const WORSE: readonly Change[] = [
  ...(['withdrawn', 'gone', 'exempted', 'lowered'] as const),
  ...(['regression', 'new-failure', 'new-finding', 'left-out', 'weaker'] as const),
];
/** What nobody knows. */
const UNKNOWN: readonly Change[] = ['missing', 'undecided', 'new-undecided'];

/** What is not reported one by one: nothing changed. */
const QUIET: readonly Change[] = ['same', 'still', 'untouched'];

/** Holds a run against a baseline. A function of the two logs and the rules: the age of a baseline is taken from them. */
export function judge(now: Results, baseline: Results, rules: GateRules): GateResult {
  const all = compareResults(now, baseline, rules.declared).filter(
    (cell) => !(rules.partial && isOnPurpose(cell, now)),
  );
  const changes = all
    .filter(({ change, flaky }) => flaky || !QUIET.includes(change))
    .map((cell) => reported(cell, rules))
    .sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change));
  const untouched = all.filter(({ change }) => change === 'untouched');
  const complete = now.ended && now.planned.length + untouched.length > 0;
  const unused = rules.allow.filter((allowance) => !changes.some((cell) => allows(allowance, cell)));
  return {
    schema: 'twinproof/gate/v1',
    mode: rules.mode,
    outcome: outcomeOf(changes, complete),
    counts: countsOf(all),
    flaky: all.filter(({ flaky }) => flaky).length,
    changes,
    notes: notesOf({ now, baseline }, { maxAge: rules.maxAge, partial: rules.partial, untouched, unused }),
    exitCode: exitCodeOf(changes, complete, rules),
  };
}

/** What the options of the run left out; of an older log, that does not say so, also what may be gone. */
const isOnPurpose = ({ change }: CellChange, { plan }: Results): boolean =>
  change === 'left-out' || change === 'weaker' || (change === 'gone' && plan === null);

function reported(cell: CellChange, rules: GateRules): GateResult['changes'][number] {
  const allowed = rules.allow.some((allowance) => allows(allowance, cell));
  const counts = !allowed && isOneOf(cell, [...WORSE, ...UNKNOWN]);
  return { ...cell, mode: rules.claims.get(cell.claim) ?? rules.mode, counts, allowed };
}

type Told = GateResult['changes'][number];

const isOneOf = ({ change }: CellChange, kinds: readonly Change[]): boolean => kinds.includes(change);

function outcomeOf(changes: readonly Told[], complete: boolean): GateResult['outcome'] {
  const counted = changes.filter(({ counts }) => counts);
  if (counted.some((cell) => isOneOf(cell, WORSE))) return 'fail';
  return !complete || counted.length > 0 ? 'undecided' : 'pass';
}

/** What is worse stops a merge under `block`; what nobody knows does so too, and a run that did not end under `warn`. */
function exitCodeOf(changes: readonly Told[], complete: boolean, rules: GateRules): 0 | 1 | 2 {
  const blocking = changes.filter(({ mode, counts }) => counts && mode === 'block');
  if (blocking.some((cell) => isOneOf(cell, WORSE))) return 1;
  if (blocking.some((cell) => isOneOf(cell, UNKNOWN))) return 2;
  const strict = [rules.mode, ...rules.claims.values()].some((mode) => mode !== 'info');
  const open = changes.some(({ change, mode }) => change === 'missing' && mode !== 'info');
  return open || (!complete && strict) ? 2 : 0;
}

function countsOf(all: readonly CellChange[]): Record<Change, number> {
  const count = (change: Change): number => all.filter((cell) => cell.change === change).length;
  return Object.fromEntries(CHANGES.map((change) => [change, count(change)])) as Record<Change, number>;
}
