import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';
import { tag } from '../values.ts';

/** HOME; a folder that is not there in RUN instructions, an empty one for commands. */
export const home: VariationSpec = (twin) => {
  const name = tag(twin, 'home');
  return within(twin, { value: name, markers: [name], settings: { home: name } });
};
