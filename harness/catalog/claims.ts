import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';
import { nearest, quoted } from './complaints.ts';
import type { ClaimEntries } from './schema.ts';
import type { ClaimRequest } from './types.ts';

const NOT_MADE = 'the catalog does not make this claim';

/** Claims of a subject for which the catalog says nothing about claims. */
export function standardClaims(
  subject: { lock: unknown; smoke: unknown },
  declared: Iterable<ClaimDeclaration>,
): ClaimEntries {
  const made = [...declared].filter(
    ({ standard, needs }) => standard === true && (needs === undefined || subject[needs] !== null),
  );
  return Object.fromEntries(made.map(({ id }) => [id, true]));
}

/** What a catalog says about claims, written out. */
export function claimRequests(entries: ClaimEntries): Record<string, ClaimRequest> {
  return Object.fromEntries(Object.entries(entries).map(([id, entry]) => [id, claimRequest(entry)]));
}

function claimRequest(entry: ClaimEntries[string]): ClaimRequest {
  if (entry === true) return { made: true };
  if (entry === false) return { made: false, reason: NOT_MADE };
  if (entry.made === false) return { made: false, reason: entry.reason };
  return { made: true, ...withoutMade(entry) };
}

/** What a request asks of its claim beyond the name; nothing where it is not made. */
export function optionsOf(request: ClaimRequest | undefined): Record<string, unknown> {
  if (request?.made !== true) return {};
  return withoutMade(request);
}

const withoutMade = (entry: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'made'));

/** What is wrong with a claim that nobody knows; null for one that is known. */
export function unknownClaim(id: string, declared: Registry<ClaimDeclaration>): string | null {
  if (declared.find(id) !== undefined) return null;
  const meant = nearest(id, declared.ids);
  const hint = meant === null ? `known are ${declared.ids.join(', ')}` : `did you mean ${quoted(meant)}?`;
  return `nothing checks a claim ${quoted(id)}; ${hint}`;
}

/** What is wrong with an exemption's claim: nobody checks it, or the subject does not make it, so that it excuses nothing, unseen. */
export function exemptedFault(
  id: string,
  requests: Readonly<Record<string, ClaimRequest>>,
  declared: Registry<ClaimDeclaration>,
): string | null {
  if (Object.hasOwn(requests, id) && requests[id]?.made === true) return null;
  return (
    unknownClaim(id, declared) ??
    `it exempts ${quoted(id)}, which it does not claim; take the exemption out, or claim it`
  );
}

const optionKeys = ({ options }: ClaimDeclaration): string[] => Object.keys(options?.schema.shape ?? {});

/** What is wrong with one entry of `claims`: an id that nothing checks, or options that are not this claim's. */
export function claimFault(
  id: string,
  entry: ClaimEntries[string],
  declared: Registry<ClaimDeclaration>,
): string | null {
  const claim = declared.find(id);
  if (claim === undefined) return unknownClaim(id, declared);
  if (typeof entry !== 'object' || entry.made === false) return null;
  const options = optionsOf(claimRequest(entry));
  const misplaced = Object.keys(options).find((key) => !optionKeys(claim).includes(key));
  if (misplaced !== undefined) {
    const owners = [...declared].filter((other) => optionKeys(other).includes(misplaced));
    const names = owners.map((owner) => `"${owner.id}"`).join(' and ');
    return `only ${names} has a ${misplaced}; write \`${id}: true\``;
  }
  // Another claim may have an option of the same name with other values.
  const issue = claim.options?.schema.safeParse(options).error?.issues[0];
  return issue === undefined ? null : `\`${issue.path.join('.')}\` of ${quoted(id)}: ${issue.message}`;
}

/** What is wrong with a claim that the subject itself makes, though it does not say what is needed to check it. */
export function unmetNeed(
  id: string,
  request: ClaimRequest,
  {
    subject,
    declared,
  }: { subject: { lock?: unknown; smoke?: unknown }; declared: Registry<ClaimDeclaration> },
): string | null {
  const need = declared.find(id)?.needs;
  if (!request.made || need === undefined || subject[need] !== undefined) return null;
  return `it claims "${id}" but names no ${need}; add \`${need}:\`, or write \`${id}: { made: false, reason: … }\``;
}

/** Names of all options, for "did you mean". */
export const allOptionKeys = (declared: Iterable<ClaimDeclaration>): string[] => [
  ...new Set([...declared].flatMap(optionKeys)),
];
