import type { VariationSpec } from '../types.ts';
import { withVariables } from '../reach.ts';
import { tag, turn } from '../values.ts';

/** Hours west of Greenwich: from the last zone to the first, 26 hours apart, so that the day differs as well. */
const OFFSETS = ['+12', '-14', '+7', '-9'] as const;

/** TZ in POSIX form (tzset(3)), which needs no zone files; the abbreviation is the marker. */
export const timezone: VariationSpec = (twin) => {
  const name = tag(twin, 'timezone').slice(0, 8).toUpperCase();
  const zone = `${name}${turn(OFFSETS, twin.index)}`;
  return withVariables(twin, { value: zone, markers: [name], variables: { TZ: zone } });
};
