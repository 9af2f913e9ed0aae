import { isDeepStrictEqual } from 'node:util';
import type { CellTerms } from './terms.ts';
import { RUNGS } from '../model/rungs.ts';

type Exemption = CellTerms['exemptions'][number];

/** Asked for unless the catalog says otherwise. */
const RUNG = 'config';
/** Of what must become of an older release, the strictest first; without one, what the family documents. */
const POLICIES = ['refused', 'as documented', 'allowed'];

/** In what the catalog asks less of a cell than it did, or lets it be shown in another way; one line each. */
export function loweredTerms(now: CellTerms, before: CellTerms): string[] {
  const rungs = [before.asked.rung ?? RUNG, now.asked.rung ?? RUNG] as const;
  const policies = [before.asked.policy ?? 'as documented', now.asked.policy ?? 'as documented'] as const;
  return [
    ...(isLower(RUNGS, rungs) ? [`rung ${rungs.join(' → ')}`] : []),
    ...(isLower(POLICIES, policies) ? [`policy ${policies.join(' → ')}`] : []),
    ...loweredSmoke(now.asked.smoke, before.asked.smoke),
  ];
}

/** A value that the order does not know is lower than all. */
function isLower(order: readonly string[], [before, now]: readonly [string, string]): boolean {
  const rank = (value: string): number => {
    const found = order.indexOf(value);
    return found < 0 ? order.length : found;
  };
  return rank(now) > rank(before);
}

type Smoke = CellTerms['asked']['smoke'];

/** A smoke check that asks for more of the same answer is no less; of any other nobody can tell. */
function loweredSmoke(now: Smoke, before: Smoke): string[] {
  if (before === undefined) return [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now ?? {})])];
  const changed = keys.filter((key) => !isDeepStrictEqual(now?.[key], before[key]));
  const [only, ...more] = changed;
  const [was, is] = [before.expect, now?.expect];
  const stricter =
    only === 'expect' && more.length === 0 && typeof was === 'string' && typeof is === 'string';
  if (only === undefined || (stricter && is.includes(was))) return [];
  return [`another smoke check: ${changed.sort().join(', ')}`];
}

/** Exemptions that are new, reach further or last longer; one line each. */
export function addedExemptions(now: CellTerms, before: CellTerms | null): string[] {
  return now.exemptions.flatMap((exemption) => {
    const same = (before?.exemptions ?? []).filter((other) => scopeOf(other) === scopeOf(exemption));
    if (same.some(({ expires }) => expires >= exemption.expires)) return [];
    const [last] = same
      .map(({ expires }) => expires)
      .sort()
      .slice(-1);
    const until = last === undefined ? exemption.expires : `${last} → ${exemption.expires}`;
    return [`${scopeOf(exemption)} until ${until}, ${exemption.owner}: ${exemption.reason}`];
  });
}

const scopeOf = ({ path, cause }: Exemption): string =>
  path === undefined ? (cause === undefined ? 'the whole claim' : `cause ${cause}`) : `path ${path}`;
