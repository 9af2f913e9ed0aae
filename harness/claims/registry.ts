import { hermetic } from './hermetic.ts';
import { locked } from './locked.ts';
import { reproducible } from './reproducible.ts';
import { runs } from './runs.ts';
import type { Claim } from './types.ts';

/** All claims, in the order of the matrix's columns. */
const CLAIMS: readonly Claim[] = [reproducible, hermetic, locked, runs];

export const CLAIM_IDS: readonly string[] = CLAIMS.map(({ id }) => id);

export function findClaim(id: string): Claim {
  const claim = CLAIMS.find((candidate) => candidate.id === id);
  if (claim === undefined) throw new Error(`no claim ${id}`);
  return claim;
}
