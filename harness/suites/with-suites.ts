import { optionsOf, unknownClaim } from '../catalog/claims.ts';
import { placeText } from '../catalog/complaints.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import type { Claim } from '../claims/types.ts';
import { TwinproofError } from '../errors.ts';
import type { Registry } from '../model/registry.ts';
import type { Header } from '../record/events.ts';
import { asClaim } from './as-claim.ts';
import type { Suite } from './types.ts';

/** All claims, those of the user's suites after the others. @throws TwinproofError `usage` for an id that two have */
export function claimsWith(known: Registry<Claim>, suites: readonly Suite[]): Registry<Claim> {
  const owners = new Map<string, string>(known.ids.map((id) => [id, 'twinproof itself']));
  for (const { path, claims } of suites) {
    for (const { id } of claims) {
      const owner = owners.get(id);
      if (owner !== undefined)
        throw new TwinproofError('usage', `the claim ${id} is one of ${owner}`, {
          where: path,
          hint: 'give it another name',
        });
      owners.set(id, path);
    }
  }
  return known.with(...suites.flatMap(({ claims, digest }) => claims.map((claim) => asClaim(claim, digest))));
}

/**
 * A catalog with the claims of suites: each is made of every subject for which there is a test, unless the catalog says that
 * it is not.
 * @throws TwinproofError `catalog-invalid` for a claim that the catalog makes and nothing checks
 */
export function catalogWith(catalog: Catalog, suites: readonly Suite[], claims: Registry<Claim>): Catalog {
  const cells = suites.flatMap((suite) => suite.cells);
  const subjects = catalog.subjects.map((subject) => {
    const tested = new Set(cells.filter((cell) => cell.subject === subject.id).map(({ claim }) => claim));
    requireChecked(subject, tested, claims);
    const silent = [...tested].filter((id) => !Object.hasOwn(subject.claims, id));
    const more = Object.fromEntries(silent.map((id) => [id, { made: true as const }]));
    return { ...subject, claims: { ...subject.claims, ...more } };
  });
  const modules = suites.flatMap((suite) => suite.modules);
  return { ...catalog, subjects, ...(modules.length === 0 ? {} : { suites: modules }) };
}

function requireChecked(subject: Subject, tested: ReadonlySet<string>, claims: Registry<Claim>): void {
  for (const [id, request] of Object.entries(subject.claims)) {
    const claim = claims.find(id);
    const fault = claim === undefined ? unknownClaim(id, claims) : ownFault(claim, subject, tested);
    if (fault === null || !request.made) continue;
    const where = subject.place === null ? subject.id : placeText(subject.place);
    throw new TwinproofError('catalog-invalid', fault, { where });
  }
}

function ownFault(
  { id, suite }: Claim,
  { id: name, claims }: Subject,
  tested: ReadonlySet<string>,
): string | null {
  if (suite === undefined) return null;
  if (!tested.has(id)) return `${name} claims ${id}, of which its suite has no test for this subject`;
  const [option] = Object.keys(optionsOf(claims[id]));
  return option === undefined
    ? null
    : `the claim ${id} is a suite's and has no ${option}; write \`${id}: true\``;
}

/** As the log has them. */
export function recordedSuites(suites: readonly Suite[]): Pick<Header, 'suites'> {
  if (suites.length === 0) return {};
  const claimsOf = ({ claims }: Suite) => claims.map(({ id, statement }) => ({ id, statement }));
  return {
    suites: suites.map((suite) => ({ path: suite.path, digest: suite.digest, claims: claimsOf(suite) })),
  };
}
