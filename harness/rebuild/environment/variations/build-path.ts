import type { VariationSpec } from '../types.ts';
import { tag } from '../values.ts';

/**
 * The folder in which sources and scratch space lie. A command works there; RUN instructions have the paths of the
 * image and see it only in their mounts.
 */
export const buildPath: VariationSpec = (twin) => {
  const name = tag(twin, 'build-path');
  return { value: `/${name}`, markers: [name], settings: { root: `/${name}` } };
};
