import { boots } from './boots.ts';
import { hermetic } from './hermetic.ts';
import { locked } from './locked.ts';
import { reproducible } from './reproducible.ts';
import { rootReadOnly } from './root-read-only.ts';
import { runs } from './runs.ts';
import { sameImage } from './same-image.ts';
import { stateWritable } from './state-writable.ts';
import type { Claim, SystemClaim } from './types.ts';

/** Claims about a running operating system; the last one changes and restarts it. */
export const SYSTEM_CLAIMS: readonly SystemClaim[] = [boots, sameImage, rootReadOnly, stateWritable];

const CLAIMS: readonly Claim[] = [reproducible, hermetic, locked, runs, ...SYSTEM_CLAIMS];

export const CLAIM_IDS: readonly string[] = CLAIMS.map(({ id }) => id);

export function findClaim(id: string): Claim {
  const claim = CLAIMS.find((candidate) => candidate.id === id);
  if (claim === undefined) throw new Error(`no claim ${id}`);
  return claim;
}
