import type { ClaimFiles, Subject } from '../catalog/types.ts';
import { askedOf } from '../plan/asked.ts';
import type { CellKey } from '../record/events.ts';
import type { ClaimDeclaration } from '../model/claim.ts';

/**
 * The key of one claim's result: that of the builds, what the catalog asks of the claim beyond its name, and the user's suite.
 * @param files digests of what options of claims name
 */
export function keyOfClaim(
  builds: CellKey,
  subject: Subject,
  claim: ClaimDeclaration,
  files: ClaimFiles = {},
): CellKey {
  const asked = askedOf(subject, claim);
  const { suite } = claim;
  const named = files[claim.id];
  return {
    ...builds,
    ...(asked === null ? {} : { asked }),
    ...(named === undefined ? {} : { files: { ...named } }),
    ...(suite === undefined ? {} : { suite }),
  };
}

/** Digests of what options of claims name. */
export async function digestClaimFiles(
  { claimFiles = {} }: Subject,
  digest: (path: string) => Promise<string>,
): Promise<ClaimFiles> {
  const found: Record<string, Record<string, string>> = {};
  for (const [claim, files] of Object.entries(claimFiles)) {
    const digests: Record<string, string> = {};
    for (const [option, path] of Object.entries(files)) digests[option] = await digest(path);
    found[claim] = digests;
  }
  return found;
}
