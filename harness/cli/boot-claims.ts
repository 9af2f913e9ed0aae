import { systemClaims } from '../claims/registry.ts';
import { type Claim, SCENARIOS, type SystemClaim } from '../claims/types.ts';
import { TwinproofError } from '../errors.ts';

/**
 * Claims that are named, and those that the named scenarios decide; without any name, all that do not take long.
 * @throws TwinproofError usage for names that nobody knows
 */
export function chosenClaims(
  ids: string[],
  scenarios: string[],
  claims: Iterable<Claim>,
): readonly SystemClaim[] {
  const all = systemClaims(claims);
  refuseUnknown(
    ids,
    all.map(({ id }) => id),
    'claims',
    (id) => `nothing checks a claim ${id} on a running system`,
  );
  refuseUnknown(scenarios, Object.keys(SCENARIOS), 'scenarios', (name) => `there is no scenario ${name}`);
  const unnamed = ids.length === 0 && scenarios.length === 0;
  return all.filter(({ id, scenario, long }) =>
    unnamed ? long !== true : ids.includes(id) || scenarios.includes(scenario),
  );
}

function refuseUnknown(
  names: string[],
  known: readonly string[],
  what: string,
  message: (name: string) => string,
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TwinproofError('usage', message(unknown), { hint: `${what} are ${known.join(', ')}` });
}
