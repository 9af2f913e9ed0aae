import type { Time } from './types.ts';

/** What `Date` can show. */
const LAST_SECOND = 8.64e12;

/** ISO 8601 in UTC, to the nanosecond where it is not a whole second; `@seconds` beyond the years that ISO has. */
export function timeText({ seconds, nanoseconds }: Time): string {
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
  if (Math.abs(seconds) > LAST_SECOND) return `@${seconds}${fraction}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}${fraction}Z`;
}
