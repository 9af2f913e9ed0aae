import type { Subject } from '../catalog/types.ts';
import { askedOf } from '../plan/asked.ts';
import type { CellKey } from '../record/events.ts';
import type { ClaimDeclaration } from '../model/claim.ts';

/** The key of one claim's result: that of the builds, what the catalog asks of the claim beyond its name, and the user's suite. */
export function keyOfClaim(builds: CellKey, subject: Subject, claim: ClaimDeclaration): CellKey {
  const asked = askedOf(subject, claim);
  const { suite } = claim;
  return { ...builds, ...(asked === null ? {} : { asked }), ...(suite === undefined ? {} : { suite }) };
}
