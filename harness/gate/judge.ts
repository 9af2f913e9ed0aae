import type { Results } from '../record/results.ts';
import { type CellChange, type Change, CHANGES, compareResults } from './compare.ts';

/** `info` tells, `warn` tells loudly, `block` ends with an exit code that stops a merge. */
export const MODES = ['info', 'warn', 'block'] as const;
export type Mode = (typeof MODES)[number];

export interface GateRules {
  mode: Mode;
  /** By claim id; others follow `mode`. */
  claims: ReadonlyMap<string, Mode>;
  /** The run was of a part of the catalog, or less deep, on purpose: what it left out is not gone. */
  partial: boolean;
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
  /** All but those that are as they were; `counts` says whether it makes the outcome, `mode` what its claim's mode is. */
  changes: (CellChange & { mode: Mode; counts: boolean })[];
  /** What the reader should know about the comparison itself. */
  notes: string[];
  exitCode: 0 | 1 | 2;
}

/** What is worse than it was. */
const WORSE: readonly Change[] = ['regression', 'new-failure', 'gone'];
/** What nobody knows. */
const UNKNOWN: readonly Change[] = ['missing', 'undecided', 'new-undecided'];

/** Holds a run against a baseline. A function of the two logs and the rules: the age of a baseline is taken from them. */
export function judge(now: Results, baseline: Results, rules: GateRules): GateResult {
  const all = compareResults(now, baseline);
  const modeOf = (claim: string): Mode => rules.claims.get(claim) ?? rules.mode;
  const changes = all
    .filter(({ change, flaky }) => flaky || !['same', 'still'].includes(change))
    .filter(({ change }) => !(change === 'gone' && rules.partial))
    .map((cell) => ({ ...cell, mode: modeOf(cell.claim), counts: isOneOf(cell, [...WORSE, ...UNKNOWN]) }));
  const complete = now.ended && now.planned.length > 0;
  return {
    schema: 'twinproof/gate/v1',
    mode: rules.mode,
    outcome: outcomeOf(changes, complete),
    counts: countsOf(all, rules.partial),
    flaky: all.filter(({ flaky }) => flaky).length,
    changes: changes.sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change)),
    notes: notesOf(now, baseline, rules),
    exitCode: exitCodeOf(changes, complete, rules),
  };
}

type Told = GateResult['changes'][number];

const isOneOf = ({ change }: CellChange, kinds: readonly Change[]): boolean => kinds.includes(change);

function outcomeOf(changes: readonly Told[], complete: boolean): GateResult['outcome'] {
  if (changes.some((cell) => isOneOf(cell, WORSE))) return 'fail';
  return !complete || changes.some((cell) => isOneOf(cell, UNKNOWN)) ? 'undecided' : 'pass';
}

/** What is worse stops a merge under `block`; what nobody knows does so too, and a run that did not end under `warn`. */
function exitCodeOf(changes: readonly Told[], complete: boolean, rules: GateRules): 0 | 1 | 2 {
  const blocking = changes.filter(({ mode }) => mode === 'block');
  if (blocking.some((cell) => isOneOf(cell, WORSE))) return 1;
  if (blocking.some((cell) => isOneOf(cell, UNKNOWN))) return 2;
  const strict = [rules.mode, ...rules.claims.values()].some((mode) => mode !== 'info');
  const open = changes.some(({ change, mode }) => change === 'missing' && mode !== 'info');
  return open || (!complete && strict) ? 2 : 0;
}

function countsOf(all: readonly CellChange[], partial: boolean): Record<Change, number> {
  const count = (change: Change): number =>
    change === 'gone' && partial ? 0 : all.filter((cell) => cell.change === change).length;
  return Object.fromEntries(CHANGES.map((change) => [change, count(change)])) as Record<Change, number>;
}

const DAY = 86_400_000;

function notesOf(now: Results, baseline: Results, rules: GateRules): string[] {
  const notes: string[] = [];
  if (!now.ended) notes.push('the run did not end: it is no result');
  if (now.planned.length === 0) notes.push('the run asked for nothing');
  if (!baseline.ended) notes.push('the baseline is a run that did not end; what it lacks counts as new');
  const age = Math.floor((startOf(now) - startOf(baseline)) / DAY);
  if (age > rules.maxAge) notes.push(`the baseline has expired: it is ${age} days older than the run`);
  if (age < 0) notes.push('the baseline is younger than the run');
  if (now.harness !== baseline.harness) {
    notes.push(`the baseline was made by version ${baseline.harness}, the run by ${now.harness}`);
  }
  if (now.catalog.name !== baseline.catalog.name) {
    notes.push(`the baseline is of the catalog ${baseline.catalog.name}, the run of ${now.catalog.name}`);
  }
  return notes;
}

const startOf = ({ runs }: Results): number =>
  Math.min(...runs.map(({ header }) => Date.parse(header.started)));
