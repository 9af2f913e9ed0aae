import { pointerClaim } from '../pointer.ts';
import type { PointerExplainer } from '../types.ts';

const FIX = 'add the layers in a fixed order: in the order of the Containerfile, or sorted by name';

/** Layers that both images have, in another order. */
export const layerOrder: PointerExplainer = {
  id: 'entry-order',
  explain(diff, { document, movedLayers }) {
    const place = /^\/rootfs\/diff_ids\/(\d+)$/.exec(diff.pointer)?.[1];
    if (document !== 'config' || place === undefined) return null;
    const moved = movedLayers.find(({ a }) => a === Number(place));
    if (moved === undefined) return null;
    const why = `the layer is in both images, number ${moved.a + 1} in A and ${moved.b + 1} in B`;
    return pointerClaim(diff, 'exact', { why, fix: FIX });
  },
};
