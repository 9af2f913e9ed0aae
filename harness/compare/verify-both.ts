import { verifyPlace } from '../oci/blob.ts';
import { WorkerReader } from '../oci/layers/worker-reader.ts';
import type { BlobPlace, Descriptor, OciImage } from '../oci/types.ts';
import { both } from './both.ts';

interface Blob {
  descriptor: Descriptor;
  place: BlobPlace;
}

/** Below this much to read, starting a thread takes longer than it saves. Bytes. */
const WORTH_A_THREAD = 64 * 1024 * 1024;

const key = ({ descriptor, place }: Blob): string =>
  `${descriptor.digest}:${descriptor.size}:${place.offset}:${place.path}`;

/** The blobs of an image, without those seen before at the same place. */
async function blobsOf(image: OciImage, seen: Set<string>): Promise<Blob[]> {
  const blobs: Blob[] = [];
  for (const { descriptor } of image.layers) {
    const blob = { descriptor, place: await image.locate(descriptor) };
    if (blob.place.data === undefined && seen.has(key(blob))) continue;
    seen.add(key(blob));
    blobs.push(blob);
  }
  return blobs;
}

async function verifyHere(blobs: readonly Blob[]): Promise<void> {
  for (const { descriptor, place } of blobs) await verifyPlace(descriptor, place);
}

async function verifyThere(blobs: readonly Blob[]): Promise<void> {
  await using reader = new WorkerReader();
  for (const { descriptor, place } of blobs) await reader.verify(descriptor, place);
}

/**
 * All blobs of both manifests have the size and digest that those say; each place is read once, and much at two
 * places in two threads.
 * @throws TwinproofError image-invalid
 */
export async function verifyBoth(a: OciImage, b: OciImage): Promise<void> {
  const seen = new Set<string>();
  const [one, other] = [await blobsOf(a, seen), await blobsOf(b, seen)];
  const bytes = other.reduce((sum, { place }) => sum + place.size, 0);
  await both(verifyHere(one), bytes >= WORTH_A_THREAD ? verifyThere(other) : verifyHere(other));
}
