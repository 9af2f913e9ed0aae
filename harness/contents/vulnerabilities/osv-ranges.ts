import { z } from 'zod';
import type { Scope } from './scope.ts';
import { type CompareVersions, NOT_AFFECTED, type Outcome } from './types.ts';

type Order = Pick<Scope, 'compare' | 'canCompare' | 'hasReleases'>;

const EVENT = z
  .object({
    introduced: z.string().optional(),
    fixed: z.string().optional(),
    last_affected: z.string().optional(),
    limit: z.string().optional(),
  })
  .refine((event) => Object.keys(event).length > 0, 'an event must say what happened');

const RANGE = z.object({ type: z.string(), events: z.array(EVENT).min(1).max(100_000) });

/** `ranges` and `versions` of one entry of `affected` (OSV schema 1.7). */
export const OSV_VERSIONS = z.object({
  ranges: z.array(RANGE).nullish(),
  versions: z.array(z.string()).nullish(),
});
type OsvVersions = z.output<typeof OSV_VERSIONS>;

/** Types of ranges whose versions have an order that is known here; that of `GIT` is its history. */
const ORDERED = new Set(['ECOSYSTEM', 'SEMVER']);

type Kind = 'introduced' | 'fixed' | 'last_affected' | 'limit';
interface Event {
  kind: Kind;
  version: string;
}
const KINDS: readonly Kind[] = ['introduced', 'fixed', 'last_affected', 'limit'];

const eventsOf = ({ events }: z.output<typeof RANGE>): Event[] =>
  events.flatMap((event) =>
    KINDS.flatMap((kind) => {
      const version = event[kind];
      return version === undefined ? [] : [{ kind, version }];
    }),
  );

/**
 * Whether a version is affected: it is listed, or lies in any of the ranges (OSV schema, "Evaluation").
 * An entry that names neither versions nor ranges with an order cannot be decided, nor can one with a range of a type that
 * nobody knows where nothing else makes it affected.
 */
export function judgeOsv({ ranges, versions }: OsvVersions, version: string, order: Order): Outcome {
  const { compare, canCompare } = order;
  const all = (ranges ?? []).map((range) => ({ type: range.type, events: eventsOf(range) }));
  const ordered = all.filter(({ type }) => ORDERED.has(type));
  const listed = versions ?? [];
  const isListed = listed.some((one) => one === version || isSame(one, version, order));
  if (ordered.length > 0 && !canCompare(version))
    return isListed
      ? { is: 'affected', fixedIn: null, hasFix: false }
      : undecidedFor('the version of the package has no place in their order', all);
  const hits = ordered.map(({ events }) => inRange(events, version, order)).filter((hit) => hit !== null);
  // It must be out of all of them to be fixed.
  const fixes = hits.map(({ fixedIn }) => fixedIn);
  const known = fixes.filter((fix) => fix !== null).toSorted(compare);
  if (hits.length > 0) return affected(known.length < fixes.length ? null : (known.at(-1) ?? null));
  if (isListed) return affected(nextFix(ordered, version, compare));
  const strange = all.find(({ type }) => !ORDERED.has(type) && type !== 'GIT');
  if (strange !== undefined) return undecidedFor(`it has a range of the unknown type ${strange.type}`, all);
  if (ordered.length > 0 || listed.length > 0) return NOT_AFFECTED;
  return undecidedFor('it names no versions, or only commits', all);
}

const affected = (fixedIn: string | null): Outcome => ({
  ...{ is: 'affected', fixedIn },
  hasFix: fixedIn !== null,
});

const undecidedFor = (why: string, ranges: readonly { events: readonly Event[] }[]): Outcome => ({
  ...{ is: 'undecided', why },
  hasFix: ranges.some(({ events }) => events.some(({ kind }) => kind === 'fixed')),
});

function isSame(listed: string, version: string, order: Order): boolean {
  const { compare, canCompare } = order;
  return (
    canCompare(listed) && canCompare(version) && compare(listed, asExactAs(version, listed, order)) === 0
  );
}

/**
 * A version of a distribution as exactly as an advisory says it: `1.2` of one that names no release stands for all packages of
 * that version.
 */
function asExactAs(version: string, said: string, { hasReleases }: Order): string {
  if (!hasReleases) return version;
  const withoutRevision = /^(.+)-[^-]+$/.exec(version)?.[1];
  return withoutRevision === undefined || said.includes('-') ? version : withoutRevision;
}

/** The first version after this one that any range calls fixed. */
function nextFix(
  ranges: readonly { events: readonly Event[] }[],
  version: string,
  compare: CompareVersions,
): string | null {
  const fixes = ranges.flatMap(({ events }) => versionsOf(events, 'fixed'));
  return fixes.filter((fix) => compare(fix, version) > 0).toSorted(compare)[0] ?? null;
}

const versionsOf = (events: readonly Event[], kind: Kind): string[] =>
  events.filter((event) => event.kind === kind).map(({ version }) => version);

/** Before everything. */
const START = '0';

function inRange(given: readonly Event[], version: string, scope: Order): { fixedIn: string | null } | null {
  const { compare } = scope;
  const order = (a: string, b: string): number =>
    a === b ? 0 : a === START ? -1 : b === START ? 1 : compare(a, b);
  const limits = versionsOf(given, 'limit');
  if (limits.length > 0 && !limits.some((limit) => limit === '*' || order(version, limit) < 0)) return null;
  // A range must say where it begins; one that does not, begins with everything.
  const events: readonly Event[] = given.some(({ kind }) => kind === 'introduced')
    ? given
    : [{ kind: 'introduced', version: START }, ...given];
  const sorted = events.toSorted((a, b) => order(a.version, b.version) || rank(a) - rank(b));
  let isIn = false;
  let fixedIn: string | null = null;
  for (const { kind, version: at } of sorted) {
    if (kind === 'introduced' && order(version, at) >= 0) {
      isIn = true;
      fixedIn = null;
    } else if (kind === 'fixed') {
      if (order(version, at) >= 0) isIn = false;
      else fixedIn ??= at;
    } else if (kind === 'last_affected' && order(asExactAs(version, at, scope), at) > 0) isIn = false;
  }
  return isIn ? { fixedIn } : null;
}

/** What begins again in the version that ends it is affected; what ends at the start never was. */
const rank = ({ kind, version }: Event): number =>
  kind === 'introduced' ? (version === START ? 0 : 2) : kind === 'fixed' ? 1 : 3;
