import { imageUnsupported } from '../oci/fault.ts';
import type { OciImage } from '../oci/types.ts';
import { both } from './both.ts';
import { verifyBlob } from './verify-blob.ts';

export interface ArtifactFacts {
  types: { a: string; b: string };
  /** The same blobs in the same order, all of them read and checked against their digests. */
  sameBlobs: boolean;
}

async function verifyAll(image: OciImage): Promise<string[]> {
  const blobs = image.artifact?.blobs ?? [];
  for (const blob of blobs) await verifyBlob(image, blob);
  return blobs.map(({ digest, mediaType }) => `${mediaType} ${digest}`);
}

/**
 * Two artifacts (charts, signatures, policies …): nothing is known about what is in their blobs, so those are equal
 * when their digests are.
 * @returns null for two images
 * @throws TwinproofError unsupported for an artifact and an image
 */
export async function compareArtifacts(a: OciImage, b: OciImage): Promise<ArtifactFacts | null> {
  if (a.artifact === null && b.artifact === null) return null;
  if (a.artifact === null || b.artifact === null) {
    const [artifact, image] = a.artifact === null ? [b, a] : [a, b];
    throw imageUnsupported(
      `it is an artifact of type "${artifact.artifact?.type ?? ''}", but ${image.reference} is an image`,
      artifact.reference,
    );
  }
  const [one, other] = await both(verifyAll(a), verifyAll(b));
  return {
    types: { a: a.artifact.type, b: b.artifact.type },
    sameBlobs: one.length === other.length && one.every((blob, at) => blob === other[at]),
  };
}
