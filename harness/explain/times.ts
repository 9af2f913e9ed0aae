import type { DateText } from './dates.ts';
import type { Context, DifferenceSite, TwinFacts } from './types.ts';

/** Seconds by which a date without a zone may lie outside the build. */
const DAY = 86_400;

function within(
  date: Pick<DateText, 'seconds' | 'text'>,
  { built, ahead }: TwinFacts,
  slack: number,
): boolean {
  if (date.seconds === null || built === null) return false;
  return date.seconds >= built.from + ahead - slack && date.seconds <= built.to + ahead + slack;
}

/** `20261124` and its like, and a day without a time, are local dates; an epoch is exact. */
const DAYS = /^(?:19|20)\d{6}$|^[^:]*$/;

/** Whether a number that could be a time lies in the build, by the clock that was set or the true one. */
export function inWindow(date: Pick<DateText, 'seconds' | 'text'>, twin: TwinFacts): boolean {
  if (date.seconds === null) return false;
  if (twin.built === null) return true;
  const slack =
    /^\d{10,19}(?:\.\d+)?$|^$/.test(date.text) && !/^(?:19|20)\d{12}$/.test(date.text) ? 5 : DAY * 1.5;
  return within(date, twin, slack) || within(date, { ...twin, ahead: 0 }, slack);
}

/** Whether the clocks of the builds were set so far apart that dates show it. */
export function areClocksApart({ a, b }: Context): boolean {
  return Math.abs(a.ahead - b.ahead) >= 30 * DAY;
}

/** Whether the two are the times of clocks that were set apart on purpose: each in its own build, by its own clock. */
export function byMarkedClock(a: DateText, b: DateText, context: Context): boolean {
  if (!areClocksApart(context)) return false;
  const slack = DAYS.test(a.text) || DAYS.test(b.text) ? 2 * DAY : DAY;
  return within(a, context.a, slack) && within(b, context.b, slack);
}

/** Years in which a clock of the build stood, in any time zone. */
function years({ built, ahead }: TwinFacts): string[] {
  if (built === null) return [];
  const ends = [built.from + ahead - DAY, built.to + ahead + DAY];
  return ends.map((seconds) => String(new Date(seconds * 1000).getUTCFullYear()));
}

/** Whether the two are the years of clocks that were set apart on purpose, each alone. */
export function areClockYears(a: string, b: string, context: Context): boolean {
  if (context.a.ahead === context.b.ahead || a === b) return false;
  return years(context.a).includes(a) && years(context.b).includes(b);
}

const READERS = [
  ['readUInt32LE', 4],
  ['readUInt32BE', 4],
  ['readBigUInt64LE', 8],
  ['readBigUInt64BE', 8],
] as const;

/** An epoch in whole seconds at a place where the two differ, within both builds. */
export function areEpochBytes(site: DifferenceSite, { a, b }: Context): boolean {
  if (site.kind !== 'bytes' || site.format === 'unseen' || a.built === null || b.built === null) return false;
  const [one, other] = [Buffer.from(site.a, 'hex'), Buffer.from(site.b, 'hex')];
  const differing = [...one.keys()].filter((at) => one[at] !== other[at]);
  const [first, last] = [differing[0], differing.at(-1)];
  if (one.length !== other.length || first === undefined || last === undefined || last - first >= 8)
    return false;
  return READERS.some(([read, size]) => {
    for (let at = Math.max(0, last - size + 1); at <= first && at + size <= one.length; at++) {
      const [x, y] = [Number(one[read](at)), Number(other[read](at))];
      if (inWindow({ seconds: x, text: '' }, a) && inWindow({ seconds: y, text: '' }, b)) return true;
    }
    return false;
  });
}
