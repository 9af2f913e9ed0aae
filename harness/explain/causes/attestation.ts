import { pointerClaim } from '../pointer.ts';
import type { PointerExplainer } from '../types.ts';

const FIX =
  'docker buildx build --provenance=false --sbom=false, or compare the manifests of the platform (--rung manifest)';

/** The index differs although the manifest of the platform is the same. */
export const attestation: PointerExplainer = {
  id: 'attestation',
  explain(diff, { document, sameManifest }) {
    if (document !== 'index' || !sameManifest) return null;
    const why = 'the image of the platform is the same; the index holds attestations or other images';
    return pointerClaim(diff, 'likely', { why, fix: FIX });
  },
};
