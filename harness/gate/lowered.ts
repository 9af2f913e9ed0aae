import { isDeepStrictEqual } from 'node:util';
import type { ClaimDeclaration, OptionNotes } from '../model/claim.ts';
import type { CellTerms } from './terms.ts';

type Exemption = CellTerms['exemptions'][number];
type Asked = CellTerms['asked'];

/**
 * In what the catalog asks less of a cell than it did, or lets it be shown in another way; one line each.
 * @param claim undefined for one that this program does not know: then any change may ask less
 */
export function loweredTerms(
  now: CellTerms,
  before: CellTerms,
  claim: ClaimDeclaration | undefined,
): string[] {
  const [is, was] = [now.asked, before.asked];
  const keys = new Set([...Object.keys(was), ...Object.keys(is)].filter((key) => key !== 'smoke'));
  return [
    ...[...keys].flatMap((key) => loweredOption(key, [was[key], is[key]], claim?.options?.notes[key])),
    ...loweredSmoke(is.smoke, was.smoke),
  ];
}

type Value = Asked[string] | undefined;

function loweredOption(key: string, [was, is]: [Value, Value], notes: OptionNotes | undefined): string[] {
  if (isDeepStrictEqual(was, is)) return [];
  const { order = [], absent = 'nothing' } = notes?.strictness ?? {};
  const [before, now] = [textOf(was, absent), textOf(is, absent)] as const;
  return order.length > 0 && !isLower(order, [before, now]) ? [] : [`${key} ${before} → ${now}`];
}

const textOf = (value: Value, absent: string): string =>
  value === undefined ? absent : typeof value === 'string' ? value : JSON.stringify(value);

/** A value that the order does not know is lower than all. */
function isLower(order: readonly string[], [before, now]: readonly [string, string]): boolean {
  const rank = (value: string): number => {
    const found = order.indexOf(value);
    return found < 0 ? order.length : found;
  };
  return rank(now) > rank(before);
}

const record = (value: Value): Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** A smoke check that asks for more of the same answer is no less; of any other nobody can tell. */
function loweredSmoke(now: Value, before: Value): string[] {
  if (before === undefined) return [];
  const [was, is] = [record(before), record(now)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(is[key], was[key]));
  const [only, ...more] = changed;
  if (only === undefined) return [];
  const [previous, current] = [was.expect, is.expect];
  const stricter =
    only === 'expect' && more.length === 0 && typeof previous === 'string' && typeof current === 'string';
  if (stricter && current.includes(previous)) return [];
  return [`another smoke check: ${changed.sort().join(', ')}`];
}

/** Exemptions that are new, reach further or last longer; one line each. */
export function addedExemptions(now: CellTerms, before: CellTerms | null): string[] {
  return now.exemptions.flatMap((exemption) => {
    const same = (before?.exemptions ?? []).filter((other) => scopeOf(other) === scopeOf(exemption));
    if (same.some(({ expires }) => expires >= exemption.expires)) return [];
    const [last] = same
      .map(({ expires }) => expires)
      .sort()
      .slice(-1);
    const until = last === undefined ? exemption.expires : `${last} → ${exemption.expires}`;
    return [`${scopeOf(exemption)} until ${until}, ${exemption.owner}: ${exemption.reason}`];
  });
}

const scopeOf = ({ path, cause }: Exemption): string =>
  path === undefined ? (cause === undefined ? 'the whole claim' : `cause ${cause}`) : `path ${path}`;
