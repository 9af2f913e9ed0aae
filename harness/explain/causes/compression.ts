import { pointerClaim } from '../pointer.ts';
import type { PointerExplainer } from '../types.ts';

const FIX =
  'compare at config; for the same blobs pin the builder and its compression: buildah push --compression-format gzip --compression-level 6, or uncompressed layers';

/** The same uncompressed layers, other compressed bytes. */
export const compression: PointerExplainer = {
  id: 'compression',
  explain(diff, { document, sameLayers }) {
    if (document !== 'manifest' || !sameLayers) return null;
    if (!/^\/layers\/\d+\/(?:digest|size|mediaType)$/.test(diff.pointer)) return null;
    return pointerClaim(diff, 'exact', { why: 'the uncompressed layer is the same', fix: FIX });
  },
};
