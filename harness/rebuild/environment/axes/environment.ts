import type { AxisSpec } from '../types.ts';
import { withVariables } from '../reach.ts';
import { tag } from '../values.ts';

/** A variable that no build asks for; its value differs. */
export const environment: AxisSpec = (twin) => {
  const value = tag(twin, 'environment');
  return withVariables(twin, {
    value: `BUILD_TAG=${value}`,
    planted: [value],
    variables: { BUILD_TAG: value },
  });
};
