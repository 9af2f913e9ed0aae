import { z } from 'zod';
import type { CompareVersions, Outcome } from './types.ts';

const EVENT = z.union([
  z.object({ introduced: z.string() }),
  z.object({ fixed: z.string() }),
  z.object({ last_affected: z.string() }),
  z.object({ limit: z.string() }),
]);
type Event = z.output<typeof EVENT>;

/** `ranges` and `versions` of one entry of `affected` (OSV schema 1.7). */
export const OSV_VERSIONS = z.object({
  ranges: z.array(z.object({ type: z.string(), events: z.array(EVENT).min(1).max(100_000) })).optional(),
  versions: z.array(z.string()).optional(),
});
type OsvVersions = z.output<typeof OSV_VERSIONS>;

/** Types of ranges whose versions have an order that is known here; that of `GIT` is its history. */
const ORDERED = new Set(['ECOSYSTEM', 'SEMVER']);

/**
 * Whether a version is affected: it is listed, or lies in any of the ranges (OSV schema, "Evaluation").
 * An entry that names neither versions nor ranges with an order cannot be decided.
 */
export function judgeOsv(
  { ranges = [], versions = [] }: OsvVersions,
  version: string,
  compare: CompareVersions,
): Outcome {
  const ordered = ranges.filter(({ type }) => ORDERED.has(type));
  const hits = ordered.map(({ events }) => inRange(events, version, compare)).filter((hit) => hit !== null);
  // It must be out of all of them to be fixed.
  const fixes = hits.map(({ fixedIn }) => fixedIn);
  const known = fixes.filter((fix) => fix !== null).toSorted(compare);
  if (hits.length > 0)
    return { is: 'affected', fixedIn: known.length < fixes.length ? null : (known.at(-1) ?? null) };
  if (versions.some((listed) => compare(listed, version) === 0))
    return { is: 'affected', fixedIn: nextFix(ordered, version, compare) };
  if (ordered.length > 0 || versions.length > 0) return { is: 'not-affected' };
  return { is: 'undecided', why: 'it names no versions, or only commits' };
}

/** The first version after this one that any range calls fixed. */
function nextFix(
  ranges: readonly { events: readonly Event[] }[],
  version: string,
  compare: CompareVersions,
): string | null {
  const fixes = ranges.flatMap(({ events }) =>
    events.flatMap((event) => ('fixed' in event ? event.fixed : [])),
  );
  return fixes.filter((fix) => compare(fix, version) > 0).toSorted(compare)[0] ?? null;
}

/** Before everything. */
const START = '0';

function inRange(
  events: readonly Event[],
  version: string,
  compare: CompareVersions,
): { fixedIn: string | null } | null {
  const order = (a: string, b: string): number =>
    a === b ? 0 : a === START ? -1 : b === START ? 1 : compare(a, b);
  const limits = events.flatMap((event) => ('limit' in event ? event.limit : []));
  if (limits.length > 0 && !limits.some((limit) => limit === '*' || order(version, limit) < 0)) return null;
  const sorted = events.toSorted((a, b) => order(versionOf(a), versionOf(b)) || rank(a) - rank(b));
  let isIn = false;
  let fixedIn: string | null = null;
  for (const event of sorted) {
    if ('introduced' in event && order(version, event.introduced) >= 0) {
      isIn = true;
      fixedIn = null;
    } else if ('fixed' in event) {
      if (order(version, event.fixed) >= 0) isIn = false;
      else fixedIn ??= event.fixed;
    } else if ('last_affected' in event && order(version, event.last_affected) > 0) isIn = false;
  }
  return isIn ? { fixedIn } : null;
}

const versionOf = (event: Event): string =>
  'introduced' in event
    ? event.introduced
    : 'fixed' in event
      ? event.fixed
      : 'last_affected' in event
        ? event.last_affected
        : event.limit;

/** What begins again in the version that ends it is affected; what ends at the start never was. */
const rank = (event: Event): number =>
  'introduced' in event ? (event.introduced === START ? 0 : 2) : 'fixed' in event ? 1 : 3;
