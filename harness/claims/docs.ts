import { hanging, headedList } from '../docs/list.ts';
import { markdownTable } from '../docs/table.ts';
import { isSystemClaim, systemClaims } from './registry.ts';
import { type Claim, SCENARIOS } from './types.ts';

const code = (text: string): string => `\`${text}\``;
const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** The claims of docs/claims.md, about what was built. */
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

/** The claims of docs/boot-claims.md, about a system that runs. */
export const systemClaimsList = (claims: Iterable<Claim>): string =>
  headedList(
    3,
    systemClaims(claims).map(({ id, passes }) => [code(id), `Holds when ${sentence(passes)}`]),
  );

/** The table of docs/boot-claims.md: what a machine goes through, and what that decides. */
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

/** What can be said of each claim of docs/claims.md, and of those of a running system. */
export const requestsList = (claims: Iterable<Claim>): string =>
  [...claims]
    .filter(({ options }) => options !== undefined)
    .map(({ id, options }) => {
      const items = Object.entries(options?.notes ?? {}).map(([key, { example, meaning }]) =>
        hanging(`- \`${key}: ${example}\`: ${meaning}`),
      );
      return [`${code(id)}:`, items.join('\n')].join('\n\n');
    })
    .join('\n\n');
