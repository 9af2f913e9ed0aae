import type { CauseDefinition } from '../cause.ts';
import { pointerClaim } from '../pointer.ts';

const FIX =
  'compare at config; for the same blobs pin the builder and its compression: buildah push --compression-format gzip --compression-level 6, or uncompressed layers';

/** The same uncompressed layers, other compressed bytes. */
export const compression: CauseDefinition = {
  id: 'compression',
  covers: 'same uncompressed bytes, other compressed bytes',
  fix: FIX,
  explainDocument(diff, { document, sameLayers, diffs }) {
    if (document !== 'manifest' || !sameLayers) return null;
    const layer = /^(\/layers\/\d+)\/(?:digest|size|mediaType)$/.exec(diff.pointer)?.[1];
    // With the same bytes another media type is only another name.
    if (layer === undefined || !diffs.some(({ pointer }) => pointer === `${layer}/digest`)) return null;
    return pointerClaim(diff, 'exact', { why: 'the uncompressed layer is the same', fix: FIX });
  },
};
