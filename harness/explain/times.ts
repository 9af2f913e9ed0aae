import type { DateText } from './dates.ts';
import type { Context, Spot, TwinFacts } from './types.ts';

/** Seconds by which a date without a zone may lie outside the build. */
const DAY = 86_400;

/** Whether a number that could be a time lies in the build, or nothing is known of the build. */
export function inWindow(date: Pick<DateText, 'seconds' | 'text'>, built: TwinFacts['built']): boolean {
  if (date.seconds === null) return false;
  if (built === null) return true;
  // `20261124` and its like are local dates; an epoch is exact.
  const slack = /^(?:19|20)\d{6}(?:\D?\d{4,6}Z?)?$/.test(date.text) ? DAY * 1.5 : 5;
  return date.seconds >= built.from - slack && date.seconds <= built.to + slack;
}

const READERS = [
  ['readUInt32LE', 4],
  ['readUInt32BE', 4],
  ['readBigUInt64LE', 8],
  ['readBigUInt64BE', 8],
] as const;

/** An epoch in whole seconds at a place where the two differ, within both builds. */
export function areEpochBytes(spot: Spot, { a, b }: Context): boolean {
  if (spot.kind !== 'bytes' || spot.format === 'unseen' || a.built === null || b.built === null) return false;
  const [one, other] = [Buffer.from(spot.a, 'hex'), Buffer.from(spot.b, 'hex')];
  const differing = [...one.keys()].filter((at) => one[at] !== other[at]);
  const [first, last] = [differing[0], differing.at(-1)];
  if (one.length !== other.length || first === undefined || last === undefined || last - first >= 8)
    return false;
  const [builtA, builtB] = [a.built, b.built];
  return READERS.some(([read, size]) => {
    for (let at = Math.max(0, last - size + 1); at <= first && at + size <= one.length; at++) {
      const [x, y] = [Number(one[read](at)), Number(other[read](at))];
      if (inWindow({ seconds: x, text: '' }, builtA) && inWindow({ seconds: y, text: '' }, builtB))
        return true;
    }
    return false;
  });
}
