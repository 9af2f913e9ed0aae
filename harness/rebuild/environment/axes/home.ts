import type { AxisSpec } from '../types.ts';
import { within } from '../reach.ts';
import { tag } from '../values.ts';

/** HOME; a folder that is not there in RUN instructions, an empty one for commands. */
export const home: AxisSpec = (twin) => {
  const name = tag(twin, 'home');
  return within(twin, { value: name, planted: [name], settings: { home: name } });
};
