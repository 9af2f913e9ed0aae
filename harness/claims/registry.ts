import { boots } from './boots.ts';
import { diskFull } from './disk-full.ts';
import { downgrade } from './downgrade.ts';
import { failedUpdate } from './failed-update.ts';
import { hermetic } from './hermetic.ts';
import { identity } from './identity.ts';
import { kernel } from './kernel.ts';
import { locked } from './locked.ts';
import { powerCut } from './power-cut.ts';
import { reproducible } from './reproducible.ts';
import { rollback } from './rollback.ts';
import { rootReadOnly } from './root-read-only.ts';
import { runs } from './runs.ts';
import { sameImage } from './same-image.ts';
import { stateWritable } from './state-writable.ts';
import { tampered } from './tampered.ts';
import { update } from './update.ts';
import type { Claim, SystemClaim } from './types.ts';

/** Claims about a running operating system. Those that start it again come last, those that leave another one running at the very end. */
export const SYSTEM_CLAIMS: readonly SystemClaim[] = [
  boots,
  kernel,
  sameImage,
  rootReadOnly,
  stateWritable,
  tampered,
  downgrade,
  update,
  rollback,
  identity,
  failedUpdate,
  diskFull,
  powerCut,
];

const CLAIMS: readonly Claim[] = [reproducible, hermetic, locked, runs, ...SYSTEM_CLAIMS];

export const CLAIM_IDS: readonly string[] = CLAIMS.map(({ id }) => id);

/** Claims that `verify` checks when it is told to be thorough, or when they are asked for by name. */
export const LONG_CLAIMS: readonly string[] = SYSTEM_CLAIMS.filter(({ long }) => long === true).map(
  ({ id }) => id,
);

/** The order in which claims are checked on one machine. */
export const inOrder = (ids: readonly string[]): string[] => CLAIM_IDS.filter((id) => ids.includes(id));

/** Whether a claim can be checked beside the others. */
export const isApart = (id: string): boolean =>
  SYSTEM_CLAIMS.some((claim) => claim.id === id && claim.apart === true);

/** Whether a claim among these looks at a running system. */
export const needsSystem = (ids: readonly string[]): boolean =>
  SYSTEM_CLAIMS.some(({ id }) => ids.includes(id));

/** Whether a claim among these looks at an update, whether one looks at updates that do not come up, and at an older one. */
export const needsUpdate = (ids: readonly string[]): boolean =>
  SYSTEM_CLAIMS.some(({ id, updates }) => updates === true && ids.includes(id));

export const needsBadUpdates = (ids: readonly string[]): boolean =>
  SYSTEM_CLAIMS.some(({ id, bad }) => bad === true && ids.includes(id));

export const needsOlderRelease = (ids: readonly string[]): boolean =>
  SYSTEM_CLAIMS.some(({ id, older }) => older === true && ids.includes(id));

export function findClaim(id: string): Claim {
  const claim = CLAIMS.find((candidate) => candidate.id === id);
  if (claim === undefined) throw new Error(`no claim ${id}`);
  return claim;
}
