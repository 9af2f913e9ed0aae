/**
 * `import … from 'twinproof/gate'`: checks a run against an earlier one (docs/gate.md).
 *
 * @module twinproof/gate
 */
import { CLAIMS } from '../claims/registry.ts';
import { type GateResult, type Mode, judge } from '../gate/judge.ts';
import { namedRules } from '../gate/names.ts';
import { gateText as textOf } from '../gate/text.ts';
import type { Results } from '../record/results.ts';

export type { GateResult, Mode };
export type { CellChange } from '../gate/compare.ts';
export type { Change, State } from '../gate/kind.ts';
export type { Verdict } from '../model/verdicts.ts';

/** What stops a merge. */
export interface GateOptions {
  /** `info` tells, `warn` tells loudly, `block` stops; `block` when not given. */
  mode?: Mode;
  /** Another mode for single claims, by id. */
  claims?: Readonly<Record<string, Mode>>;
  /** Changes of the catalog that are meant: `KIND:SUBJECT/CLAIM`. */
  allow?: readonly string[];
  /** The run was of a part of the catalog on purpose: what its options left out does not count. */
  partial?: boolean;
  /** Days that the baseline may be older than the run before that is noted; 30 when not given. */
  maxAge?: number;
}

/**
 * Says what got worse, what got better and what is new. Depends on nothing but its arguments; ages come from the logs.
 * @param now results of `readResults`
 * @param baseline those to check them against
 * @returns a document of the format `twinproof/gate/v1`; its `exitCode` is that of `twinproof gate`
 * @throws TwinproofError `usage` for names that neither run knows
 */
export function gate(now: Results, baseline: Results, options: GateOptions = {}): GateResult {
  const { mode = 'block', claims = {}, allow = [], partial = false, maxAge = 30 } = options;
  const named = namedRules({ claims: Object.entries(claims), allow }, { now, baseline }, CLAIMS.ids);
  return judge(now, baseline, { mode, ...named, partial, maxAge, declared: CLAIMS });
}

/** The result as plain text, worst first; the last line says how that affects the exit code. */
export const gateText = (result: GateResult): string => textOf(result, { color: false });
