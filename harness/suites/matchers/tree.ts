import { type MergedTree, readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import type { OciImage } from '../../oci/types.ts';

const trees = new WeakMap<OciImage, Promise<MergedTree>>();

/** The merged tree of an image, read once however many assertions look at it. */
export function treeOf(image: OciImage): Promise<MergedTree> {
  const known = trees.get(image) ?? readTree(image, { limits: DEFAULT_LIMITS });
  trees.set(image, known);
  return known;
}
