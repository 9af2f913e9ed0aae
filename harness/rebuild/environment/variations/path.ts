import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';
import { tag } from '../values.ts';

/** One more entry at the end of PATH, of which there is no folder. */
export const path: VariationSpec = (twin) => {
  const name = tag(twin, 'path');
  return within(twin, {
    value: `/opt/${name}/bin`,
    markers: [name],
    settings: { pathEntry: `/opt/${name}/bin` },
  });
};
