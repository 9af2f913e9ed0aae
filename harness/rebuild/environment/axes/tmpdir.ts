import type { AxisSpec } from '../types.ts';
import { within } from '../reach.ts';
import { tag } from '../values.ts';

/** TMPDIR: a folder in memory that is no part of the image. */
export const tmpdir: AxisSpec = (twin) => {
  const name = `tmp-${tag(twin, 'tmpdir')}`;
  return within(twin, { value: name, planted: [name], settings: { temporary: name } });
};
