import { MissingBlob } from '../blob.ts';
import { parseDescriptor } from '../descriptor.ts';
import type { Source } from '../image.ts';
import { MAX_ATTESTATIONS } from '../limits.ts';
import { imageInvalid } from '../fault.ts';
import type { Descriptor } from '../types.ts';

/** Of buildkit: which kind of manifest an entry of an index is, and which image it speaks about. */
const TYPE = 'vnd.docker.reference.type';
const SUBJECT = 'vnd.docker.reference.digest';

/** Manifests that buildkit puts beside an image's: provenance and SBOM (buildkit docs, "Image Attestation Storage"). */
function isAttestation({ annotations, platform }: Descriptor): boolean {
  return (
    annotations?.[TYPE] === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

/** Not an image, but something that may speak about one. */
export function isBeside(descriptor: Descriptor): boolean {
  return isAttestation(descriptor) || descriptor.artifactType !== undefined;
}

/** Whether an artifact has the manifest as its `subject` (OCI image-spec manifest.md). */
async function isAbout(digest: string, artifact: Descriptor, source: Source): Promise<boolean> {
  const manifest = await source.readManifest(artifact).catch((error: unknown) => {
    if (error instanceof MissingBlob) return null;
    throw error;
  });
  // One that is not there may be about it: it is shown by its digest.
  if (manifest === null) return true;
  const { json } = manifest;
  if (json.subject === undefined) return false;
  return parseDescriptor(json.subject, `${source.path}: ${artifact.digest}/subject`).digest === digest;
}

/**
 * Those manifests that speak about an image, each once: by buildkit's annotation, by standing beside it in its index
 * without one, or by their `subject`.
 * @throws TwinproofError image-invalid
 */
export async function attestationsOf(
  digest: string,
  beside: readonly Descriptor[],
  source: Source,
): Promise<Descriptor[]> {
  const unique = [...new Map(beside.map((one) => [one.digest, one])).values()];
  if (unique.length > MAX_ATTESTATIONS) {
    throw imageInvalid(`more than ${MAX_ATTESTATIONS} attestations`, source.path);
  }
  const found: Descriptor[] = [];
  for (const one of unique) {
    const subject = one.annotations?.[SUBJECT];
    const about = isAttestation(one)
      ? subject === undefined || subject === digest
      : await isAbout(digest, one, source);
    if (about) found.push(one);
  }
  return found;
}
