import { headedList } from '../docs/list.ts';
import { markdownTable } from '../docs/table.ts';
import { isSystemClaim, systemClaims } from './registry.ts';
import { type Claim, SCENARIOS } from './types.ts';

const code = (text: string): string => `\`${text}\``;
const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** The claims of docs/verify.md, about what was built. */
export const buildClaimsList = (claims: Iterable<Claim>): string =>
  headedList(
    3,
    [...claims]
      .filter((claim) => !isSystemClaim(claim))
      .map(({ id, passes, fails = 'it is not so' }) => [
        code(id),
        `Passes when ${sentence(passes)}`,
        `Fails when ${sentence(fails)}`,
      ]),
  );

/** The claims of docs/boot.md, about a system that runs. */
export const systemClaimsList = (claims: Iterable<Claim>): string =>
  headedList(
    3,
    systemClaims(claims).map(({ id, passes }) => [code(id), `Holds when ${sentence(passes)}`]),
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
