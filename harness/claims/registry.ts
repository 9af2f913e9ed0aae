import { Registry } from '../model/registry.ts';
import { boots } from './boots.ts';
import { current } from './current.ts';
import { diskFull } from './disk-full.ts';
import { downgrade } from './downgrade.ts';
import { failedUpdate } from './failed-update.ts';
import { hermetic } from './hermetic.ts';
import { identity } from './identity.ts';
import { independent } from './independent.ts';
import { kernel } from './kernel.ts';
import { lint } from './lint.ts';
import { locked } from './locked.ts';
import { minimal } from './minimal.ts';
import { origin } from './origin.ts';
import { powerCut } from './power-cut.ts';
import { published } from './published.ts';
import { reproducible } from './reproducible.ts';
import { rollback } from './rollback.ts';
import { rootReadOnly } from './root-read-only.ts';
import { runs } from './runs.ts';
import { sbom } from './sbom.ts';
import { sameImage } from './same-image.ts';
import { stateWritable } from './state-writable.ts';
import { signedUpdate } from './signed-update.ts';
import { tampered } from './tampered.ts';
import { update } from './update.ts';
import { vulnerabilities } from './vulnerabilities.ts';
import type { Claim, Release, SystemClaim } from './types.ts';

/**
 * All claims, in the order in which they are checked on one machine: those that start it again come last, those that leave
 * another one running at the very end. A claim is a file and a line here; the catalog's schema, flags, keys of cells and
 * the tables of the documentation follow.
 */
export const CLAIMS = new Registry<Claim>([
  reproducible,
  published,
  independent,
  hermetic,
  locked,
  origin,
  minimal,
  sbom,
  vulnerabilities,
  current,
  lint,
  runs,
  boots,
  kernel,
  sameImage,
  rootReadOnly,
  stateWritable,
  tampered,
  signedUpdate,
  downgrade,
  update,
  rollback,
  identity,
  failedUpdate,
  diskFull,
  powerCut,
]);

/** Whether a claim looks at a running operating system only. */
export const isSystemClaim = (claim: Claim): claim is SystemClaim => 'scenario' in claim;

export const systemClaims = (claims: Iterable<Claim>): SystemClaim[] => [...claims].filter(isSystemClaim);

/** Ids of the claims that `verify` checks when it is told to be thorough, or when they are asked for by name. */
export const longClaims = (claims: Iterable<Claim>): string[] =>
  [...claims].filter(({ long }) => long === true).map(({ id }) => id);

/** Those of them that a run leaves out. @param claim ids that were asked for by name */
export const leftOutClaims = (
  claims: Iterable<Claim>,
  { thorough, claim }: { thorough: boolean; claim: readonly string[] },
): string[] => (thorough ? [] : longClaims(claims).filter((id) => !claim.includes(id)));

/** The releases that one of these claims looks at. */
export const releasesFor = (claims: Iterable<Claim>): ReadonlySet<Release> =>
  new Set(systemClaims(claims).flatMap(({ releases = [] }) => releases));
