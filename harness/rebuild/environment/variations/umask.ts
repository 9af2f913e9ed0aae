import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';
import { turn } from '../values.ts';

const MASKS = [0o022, 0o027, 0o002, 0o077] as const;

export const umask: VariationSpec = (twin) => {
  const mask = turn(MASKS, twin.index);
  return within(twin, {
    value: mask.toString(8).padStart(4, '0'),
    markers: [],
    settings: { umask: mask },
  });
};
