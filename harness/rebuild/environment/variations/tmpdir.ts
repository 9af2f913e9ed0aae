import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';
import { tag } from '../values.ts';

/** TMPDIR: a folder in memory that is no part of the image. */
export const tmpdir: VariationSpec = (twin) => {
  const name = `tmp-${tag(twin, 'tmpdir')}`;
  return within(twin, { value: name, markers: [name], settings: { temporary: name } });
};
