import { nearest, quoted } from '../catalog/complaints.ts';
import { TwinproofError } from '../errors.ts';
import { type Results, suiteClaims } from '../record/results.ts';
import { type Allowance, parseAllowance } from './allow.ts';
import type { GateRules, Mode } from './judge.ts';
import { catalogued } from './terms.ts';

/** What a user gave by name. */
interface Named {
  claims: readonly (readonly [claim: string, mode: Mode])[];
  allow: readonly string[];
}

/**
 * Rules whose names are checked against both runs and the claims that there are: a typing error must not take a claim or a
 * change out of the gate unseen.
 * @param bundled ids of the claims that this program can check; those of suites are named in the runs
 * @throws TwinproofError `usage`
 */
export function namedRules(
  { claims, allow }: Named,
  runs: { now: Results; baseline: Results },
  bundled: readonly string[],
): Pick<GateRules, 'claims' | 'allow'> {
  const known = [...bundled, ...suiteClaims(runs.now), ...suiteClaims(runs.baseline)];
  const [now, baseline] = [catalogued(runs.now), catalogued(runs.baseline)];
  const said = new Set([...now.cells, ...baseline.cells].map(({ claim }) => claim));
  for (const [name, run] of [
    ['the run', now],
    ['the baseline', baseline],
  ] as const) {
    const unknown = run.cells.find(({ claim }) => !known.includes(claim));
    if (unknown !== undefined) throw unknownClaim(unknown.claim, `${name} speaks of`, known);
  }
  const modes = new Map<string, Mode>();
  for (const [claim, mode] of claims) {
    if (!known.includes(claim)) throw unknownClaim(claim, '--claim names', known);
    if (!said.has(claim)) {
      const hint = `they speak of ${[...said].join(', ')}`;
      throw new TwinproofError('usage', `--claim ${claim}=${mode}: neither run speaks of it`, { hint });
    }
    if ((modes.get(claim) ?? mode) !== mode)
      throw new TwinproofError('usage', `--claim ${claim} is given two modes`, { hint: 'keep one of them' });
    modes.set(claim, mode);
  }
  const isSubject = (id: string): boolean => now.subjects.has(id) || baseline.subjects.has(id);
  return { claims: modes, allow: allow.map((text) => allowance(text, { isSubject, said })) };
}

function allowance(
  text: string,
  { isSubject, said }: { isSubject: (id: string) => boolean; said: ReadonlySet<string> },
): Allowance {
  const parsed = parseAllowance(text, isSubject);
  if (parsed.claim === null || said.has(parsed.claim)) return parsed;
  throw new TwinproofError('usage', `--allow ${text}: neither run speaks of the claim ${parsed.claim}`, {
    hint: `they speak of ${[...said].join(', ')}`,
  });
}

function unknownClaim(claim: string, what: string, known: readonly string[]): TwinproofError {
  const meant = nearest(claim, known);
  const hint = meant === null ? `claims are ${known.join(', ')}` : `did you mean ${meant}?`;
  return new TwinproofError('usage', `${what} a claim ${quoted(claim)}, which nothing checks`, { hint });
}
