import type { CauseDefinition } from '../cause.ts';
import { pointerClaim } from '../pointer.ts';

const FIX =
  'docker buildx build --provenance=false --sbom=false, or compare the manifests of the platform (--rung manifest)';

/** The index differs although the manifest of the platform is the same. */
export const attestation: CauseDefinition = {
  id: 'attestation',
  covers: 'attestation manifests in an index',
  fix: FIX,
  explainDocument(diff, { document, sameManifest }) {
    if (document !== 'index' || !sameManifest) return null;
    const why = 'the image of the platform is the same; the index holds attestations or other images';
    return pointerClaim(diff, 'likely', { why, fix: FIX });
  },
};
