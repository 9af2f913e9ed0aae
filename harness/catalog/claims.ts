import { nearest, quoted } from './complaints.ts';
import type { ClaimEntries } from './schema.ts';
import type { ClaimRequest } from './types.ts';

const NOT_MADE = 'the catalog does not make this claim';

/** Claims of a subject for which the catalog says nothing about claims. */
export function standardClaims(subject: { lock: unknown; smoke: unknown }): ClaimEntries {
  return {
    reproducible: true,
    hermetic: true,
    ...(subject.lock === null ? {} : { locked: true }),
    ...(subject.smoke === null ? {} : { runs: true }),
  };
}

/** What a catalog says about claims, written out. */
export function claimRequests(entries: ClaimEntries): Record<string, ClaimRequest> {
  return Object.fromEntries(Object.entries(entries).map(([id, entry]) => [id, claimRequest(entry)]));
}

function claimRequest(entry: ClaimEntries[string]): ClaimRequest {
  if (entry === true) return { made: true };
  if (entry === false) return { made: false, reason: NOT_MADE };
  if (entry.made === false) return { made: false, reason: entry.reason };
  return 'policy' in entry ? { made: true, policy: entry.policy } : { made: true, rung: entry.rung };
}

/** Keys of an entry, and the claim that each belongs to. */
const VALUES = { rung: 'reproducible', policy: 'downgrade' };

/** What is wrong with one entry of `claims`: an id that nothing checks, or a value that another claim has. */
export function claimFault(
  id: string,
  entry: ClaimEntries[string],
  known: readonly string[] | undefined,
): string | null {
  if (known !== undefined && !known.includes(id)) {
    const meant = nearest(id, known);
    const hint = meant === null ? `known are ${known.join(', ')}` : `did you mean ${quoted(meant)}?`;
    return `nothing checks a claim ${quoted(id)}; ${hint}`;
  }
  if (typeof entry !== 'object') return null;
  const misplaced = Object.entries(VALUES).find(([value, of]) => value in entry && of !== id);
  return misplaced === undefined
    ? null
    : `only "${misplaced[1]}" has a ${misplaced[0]}; write \`${id}: true\``;
}

/** What a claim that a subject itself makes needs in the same entry. */
const NEEDS: Partial<Record<string, 'lock' | 'smoke'>> = { locked: 'lock', runs: 'smoke' };

/** What is wrong with a claim that the subject itself makes, though it does not say what is needed to check it. */
export function unmetNeed(
  id: string,
  request: ClaimRequest,
  subject: { lock?: unknown; smoke?: unknown },
): string | null {
  const need = NEEDS[id];
  if (!request.made || need === undefined || subject[need] !== undefined) return null;
  return `it claims "${id}" but names no ${need}; add \`${need}:\`, or write \`${id}: { made: false, reason: … }\``;
}
