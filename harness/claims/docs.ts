import { markdownTable } from '../docs/table.ts';
import { isSystemClaim, systemClaims } from './registry.ts';
import { type Claim, SCENARIOS } from './types.ts';

const code = (text: string): string => `\`${text}\``;

/** The table of docs/verify.md: claims about what was built. */
export const buildClaimsTable = (claims: Iterable<Claim>): string =>
  markdownTable(
    ['claim', 'passes when', 'fails when'],
    [...claims]
      .filter((claim) => !isSystemClaim(claim))
      .map(({ id, passes, fails = 'it is not so' }) => [code(id), passes, fails]),
  );

/** The table of docs/boot.md: claims about a system that runs. */
export const systemClaimsTable = (claims: Iterable<Claim>): string =>
  markdownTable(
    ['claim', 'holds when'],
    systemClaims(claims).map(({ id, passes }) => [code(id), passes]),
  );

/** The table of docs/boot.md: what a machine goes through, and what that decides. */
export function scenariosTable(claims: Iterable<Claim>): string {
  const all = systemClaims(claims);
  return markdownTable(
    ['scenario', 'what the machine goes through', 'decides'],
    Object.entries(SCENARIOS).map(([name, meaning]) => {
      const decided = all.filter(({ scenario }) => scenario === name);
      return [code(name), meaning, decided.map(({ id }) => code(id)).join(', ')];
    }),
  );
}

/** The table of docs/catalog.md: what can be said of a claim. */
export function requestsTable(claims: Iterable<Claim>): string {
  const options = [...claims].flatMap(({ id, options: own }) =>
    Object.entries(own?.notes ?? {}).map(([key, { example, meaning }]) => [
      code(`{ ${key}: ${example} }`),
      `for ${code(id)}: ${meaning}`,
    ]),
  );
  return markdownTable(
    ['value', 'meaning'],
    [
      [code('true'), 'it is claimed, and checked'],
      ...options,
      [code('{ made: false, reason: … }'), 'it is not claimed; the cell is `skipped` with the reason'],
      [code('false'), 'the same with a stock reason'],
    ],
  );
}
