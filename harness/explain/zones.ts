import { datesIn, type DateText } from './dates.ts';
import type { Context, DifferenceSite, TwinFacts } from './types.ts';

const QUARTER = 900;
/** UTC+14 and UTC-12 are 26 hours apart. */
const WIDEST = 26 * 3600;
/** Seconds between the same instruction of two builds that run together. */
const TOGETHER = 120;

/** Wall clocks that are some quarters of an hour apart, as in two time zones. */
function apartByZone(a: DateText, b: DateText): boolean {
  if (a.wall === null || b.wall === null) return false;
  const apart = Math.abs(a.wall - b.wall);
  if (apart > WIDEST + TOGETHER) return false;
  const rest = apart % QUARTER;
  return apart > QUARTER - TOGETHER && Math.min(rest, QUARTER - rest) <= TOGETHER;
}

/** A clock that shows UTC would be this near. */
function nearBuild({ seconds }: DateText, { built, ahead }: TwinFacts, slack = TOGETHER): boolean {
  if (seconds === null || built === null) return false;
  return [0, ahead].some(
    (shift) => seconds >= built.from + shift - slack && seconds <= built.to + shift + slack,
  );
}

/** Dates of the same moment, as far as that can be known, written in different time zones. */
export function zonesDiffer(site: DifferenceSite, context: Context): boolean {
  const [a] = datesIn(site.a);
  const [b] = datesIn(site.b);
  if (a === undefined || b === undefined || a.digits || b.digits) return false;
  if (a.zone !== b.zone && a.zone !== '' && b.zone !== '') return true;
  if (!apartByZone(a, b)) return false;
  const outside = [a, b].some((date, side) => {
    const twin = side === 0 ? context.a : context.b;
    // No zone is further from UTC: what is further from the build is another time.
    return twin.built !== null && !nearBuild(date, twin) && nearBuild(date, twin, WIDEST);
  });
  // Without zones it takes a clock that cannot be UTC's.
  return outside;
}
