import type { VariationSpec } from '../types.ts';
import { withVariables } from '../reach.ts';
import { tag } from '../values.ts';

/** A variable that no build asks for; its value differs. */
export const environment: VariationSpec = (twin) => {
  const value = tag(twin, 'environment');
  return withVariables(twin, {
    value: `BUILD_TAG=${value}`,
    markers: [value],
    variables: { BUILD_TAG: value },
  });
};
