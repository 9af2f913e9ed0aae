import type { VariationSpec } from '../types.ts';
import { outOfReach } from '../reach.ts';
import { number } from '../values.ts';

const DAY = 86_400;

/**
 * The wall clock: the first twin's is right, the others' are more than a year ahead, so that year, month, day and hour
 * differ. libfaketime reaches what is linked dynamically with glibc; times of files stay true.
 */
export const clock: VariationSpec = (twin) => {
  const { faketime } = twin.machine;
  if (faketime === null) return { notApplied: 'the builder has no libfaketime' };
  const reason = outOfReach(twin);
  if (reason !== null) return { notApplied: reason };
  if (twin.index === 0) return { value: 'right', markers: [], settings: {} };
  const ahead = number(twin, 'clock', { from: 400 * DAY, to: 700 * DAY });
  return { value: `+${ahead} s`, markers: [], settings: { clock: { library: faketime, ahead } } };
};
