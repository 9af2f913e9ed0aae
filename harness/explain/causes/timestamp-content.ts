import type { CauseDefinition } from '../cause.ts';
import { CLOCK } from '../fixes/clock.ts';
import { AR, GZIP, JAR } from '../fixes/archives.ts';
import { SQLITE_NOW } from '../fixes/sqlite.ts';
import { claimOf, exactIfAll } from '../claim.ts';
import { dateOf, datesIn, isSameMoment, type DateText } from '../dates.ts';
import { areClocksApart, areClockYears, areEpochBytes, byMarkedClock, inWindow } from '../times.ts';
import { KEYWORD } from '../source.ts';
import { zonesDiffer } from '../zones.ts';
import type { Context, Seen, DifferenceSite } from '../types.ts';
import { isInside } from './filesystem-identity.ts';

const FIXES: readonly [RegExp, string][] = [
  [/^gzip$/, 'gzip -n'],
  [/^(?:zip|jar)/, 'find . -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} + && TZ=UTC zip -X …'],
  [/^tar/, 'tar --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime …'],
  [/^ar/, 'ar D (ARFLAGS=rcD), or strip --enable-deterministic-archives'],
  [/^png$/, 'convert … -define png:exclude-chunks=date,time +set date:create +set date:modify'],
];
const BY_RECIPE: readonly [RegExp, string][] = [
  [/__DATE__|__TIME__/, 'gcc honours SOURCE_DATE_EPOCH: export it; find such places with -Wdate-time'],
  [
    /\bgcc\b|\bcc\b|\bg\+\+|\bclang\b|\bmake\b/,
    'export SOURCE_DATE_EPOCH for __DATE__ and __TIME__ (gcc 7, clang 16); find them with -Wdate-time',
  ],
  [/\bdate\b/, 'date -u -d "@$SOURCE_DATE_EPOCH"'],
];
const FIX =
  'take the time from SOURCE_DATE_EPOCH, not from the clock (ARG SOURCE_DATE_EPOCH before the instruction)';

function fixFor(site: DifferenceSite, seen: Seen): string {
  const byFormat = FIXES.find(([format]) => format.test(site.format));
  if (byFormat !== undefined) return byFormat[1];
  return BY_RECIPE.find(([command]) => command.test(seen.recipe))?.[1] ?? FIX;
}

const TIME_FIELD = /time|date|created|modified|stamp|epoch/i;

/** How readers of formats write times: in any year, since a clock or a random number may name one after 2100. */
const TIME_VALUE = /^(?:0 \(none\)|@?-?\d+|[+-]?\d{4,6}-\d{2}-\d{2}T[\d:.]+Z)$/;

/** Both values of a field of a format are times. What only one side has is written in another form. */
function isTimeField({ kind, name, a, b }: DifferenceSite): boolean {
  if (kind !== 'field' || !TIME_FIELD.test(name)) return false;
  return [a, b].every((text) => TIME_VALUE.test(text) || dateOf(text) !== null);
}

/** A year of 400 days: what `date` in one build and the other can be apart when nothing is known of the builds. */
const APART = 400 * 86_400;

/** Versions have that form as well. */
const LIKE_VERSION = /^\d{4}\.\d{2}\.\d{2}$/;

function isDate(date: DateText, side: 'a' | 'b', context: Context): boolean {
  if (LIKE_VERSION.test(date.text)) return context[side].built !== null && inWindow(date, context[side]);
  if (!date.digits) return true;
  if (date.seconds === null) return false;
  return inWindow(date, context[side]);
}

function apart(a: DateText, b: DateText): number {
  return a.seconds === null || b.seconds === null ? 0 : Math.abs(a.seconds - b.seconds);
}

function isTimeText(site: DifferenceSite, context: Context): boolean {
  if (site.kind !== 'text' || KEYWORD.test(site.lineA) || zonesDiffer(site, context)) return false;
  const [a, b] = [dateOf(site.a), dateOf(site.b)];
  if (a === null || b === null) return false;
  if (a.digits !== b.digits || isSameMoment(site.a, site.b)) return false;
  const set = Math.abs(context.a.ahead - context.b.ahead);
  if (a.digits && apart(a, b) > APART + set) return false;
  return isDate(a, 'a', context) && isDate(b, 'b', context);
}

/** The clock of each build is recognised by what differs. */
function isMarker(site: DifferenceSite, context: Context): boolean {
  const [a, b] = [datesIn(site.a)[0], datesIn(site.b)[0]];
  return a !== undefined && b !== undefined && byMarkedClock(a, b, context);
}

/** The same word with another date and time in it: `1.2+git20261124200127`. */
function sameBesideDate(site: DifferenceSite, context: Context): boolean {
  const { a, b } = site;
  const [one, other] = [datesIn(a), datesIn(b)];
  const [first, second] = [one[0], other[0]];
  if (one.length !== 1 || other.length !== 1 || first === undefined || second === undefined) return false;
  const rest = (text: string, { from, to }: DateText): string => `${text.slice(0, from)} ${text.slice(to)}`;
  if (zonesDiffer(site, context)) return false;
  if (first.seconds === null || second.seconds === null) return false;
  return rest(a, first) === rest(b, second) && inWindow(first, context.a) && inWindow(second, context.b);
}

/** A path or word that holds a date, such as `releases/1764014487`. */
function holdsTime(site: DifferenceSite, context: Context): boolean {
  if ((site.kind !== 'text' && site.kind !== 'member') || isSameMoment(site.a, site.b)) return false;
  if (sameBesideDate(site, context)) return true;
  const pieces = (text: string): string[] => text.split(/(?<!\d)[-_/.=:+']|[-_/.=:+'](?!\d)/);
  const [one, other] = [pieces(site.a), pieces(site.b)];
  if (one.length !== other.length) return false;
  const differing = one.flatMap((text, at) => (text === other[at] ? [] : [[text, other[at] ?? ''] as const]));
  return (
    differing.length > 0 && differing.every(([a, b]) => isTimeText({ ...site, kind: 'text', a, b }, context))
  );
}

/** A date or epoch inside a file, in its name, or in a link. */
export const timestampContent: CauseDefinition = {
  id: 'timestamp-content',
  covers:
    'a date or epoch inside a file (text, C `__DATE__`, PNG, PE, ar, gzip header, man page, manifest of a jar …)',
  fix: FIX,
  provenBy: ['clock', 'timezone', 'order'],
  standsFor: ['clock'],
  rewrites: [...CLOCK, GZIP, AR, JAR, SQLITE_NOW],
  explain(seen, context) {
    // What the archive keeps of an entry is timestamp-metadata's.
    const sites = seen.sites.filter((site) => site.kind !== 'attribute' && !isInside(site));
    const [first] = sites;
    if (first === undefined) return null;
    // Looking for dates in every value is slow, and most builds have one clock.
    const markers = areClocksApart(context) ? sites.filter((site) => isMarker(site, context)) : [];
    const set = 'each is the time of its build, by a clock that was set apart on purpose';
    const fields = sites.filter(isTimeField);
    const fix = fixFor(fields[0] ?? first, seen);
    const times = sites.filter(
      (site) =>
        isTimeField(site) ||
        isTimeText(site, context) ||
        holdsTime(site, context) ||
        (site.kind === 'text' && areClockYears(site.a, site.b, context)) ||
        areEpochBytes(site, context),
    );
    const proven = claimOf(markers, 'proven', { why: set, fix });
    // What is proven of one site goes for the other times beside it.
    if (proven !== null) return { ...proven, sites: [...new Set([...markers, ...times])] };
    if (fields.length === sites.length) {
      return claimOf(fields, exactIfAll(fields, sites), { why: 'a time that the format keeps', fix });
    }
    return claimOf(times, 'likely', { why: 'both are times', fix });
  },
};
