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

/** What is wrong with a claim that nobody knows; null for one that is known. */
function unknownClaim(id: string, known: readonly string[]): string | null {
  if (known.includes(id)) return null;
  const meant = nearest(id, known);
  const hint = meant === null ? `known are ${known.join(', ')}` : `did you mean ${quoted(meant)}?`;
  return `nothing checks a claim ${quoted(id)}; ${hint}`;
}

/** What is wrong with an exemption's claim: nobody checks it, or the subject does not make it, so that it excuses nothing, unseen. */
export function exemptedFault(
  id: string,
  requests: Readonly<Record<string, ClaimRequest>>,
  known: readonly string[] | undefined,
): string | null {
  if (Object.hasOwn(requests, id) && requests[id]?.made === true) return null;
  const unknown = known === undefined ? null : unknownClaim(id, known);
  return unknown ?? `it exempts ${quoted(id)}, which it does not claim; take the exemption out, or claim it`;
}

/** Keys of an entry, and the claim that each belongs to. */
const VALUES = { rung: 'reproducible', policy: 'downgrade' };

/** What is wrong with one entry of `claims`: an id that nothing checks, or a value that another claim has. */
export function claimFault(
  id: string,
  entry: ClaimEntries[string],
  known: readonly string[] | undefined,
): string | null {
  const unknown = known === undefined ? null : unknownClaim(id, known);
  if (unknown !== null) return unknown;
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
