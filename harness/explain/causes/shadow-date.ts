import type { CauseDefinition } from '../cause.ts';
import { CLOCK } from '../fixes/clock.ts';
import { claimOf, exactIfAll } from '../claim.ts';
import type { DifferenceSite } from '../types.ts';

/** shadow(5): the third field is the day of the last change, since 1970. */
function onlyDay({ lineA, lineB, kind }: DifferenceSite): boolean {
  if (kind !== 'text') return false;
  const [a, b] = [lineA.split(':'), lineB.split(':')];
  return (
    a.length === 9 &&
    b.length === 9 &&
    a.every((text, at) => (at === 2 ? /^\d*$/.test(text) : text === b[at]))
  );
}

/** The day of the last change in /etc/shadow. */
export const shadowDate: CauseDefinition = {
  id: 'shadow-date',
  covers: 'last-change day in `/etc/shadow`',
  fix: 'SOURCE_DATE_EPOCH in the environment of useradd, or chage -d "$((SOURCE_DATE_EPOCH / 86400))" USER',
  provenBy: ['clock'],
  rewrites: CLOCK,
  explain({ entry, sites }) {
    if (!/(?:^|\/)etc\/g?shadow-?$/.test(entry.path)) return null;
    const days = sites.filter(onlyDay);
    const user = days[0]?.lineA.split(':')[0] ?? '';
    const fix = `chage -d "$((SOURCE_DATE_EPOCH / 86400))" ${/^[\w-]+$/.test(user) ? user : 'USER'}`;
    return claimOf(days, exactIfAll(days, sites), { why: 'the day of the last change of the password', fix });
  },
};
