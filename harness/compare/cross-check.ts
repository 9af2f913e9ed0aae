import type { Descriptor, OciImage } from '../oci/types.ts';
import { confirmDigest, confirmStart } from './confirm.ts';

/** crypto-js hashes 20 to 40 MB a second; more than this would show in the time a comparison takes. Bytes. */
const WHOLE_BYTES = 512 * 1024;
/** Of blobs that are larger, this many have their first bytes hashed. */
const STARTS = 16;

interface Blob {
  image: OciImage;
  descriptor: Descriptor;
}

/** The blobs of both images, each digest once, in an order that depends on nothing but the images. */
function distinctBlobs(images: readonly OciImage[]): Blob[] {
  const blobs = new Map<string, Blob>();
  for (const image of images) {
    for (const { descriptor } of image.layers) {
      if (!blobs.has(descriptor.digest)) blobs.set(descriptor.digest, { image, descriptor });
    }
  }
  return [...blobs.values()].sort(
    (one, other) =>
      one.descriptor.size - other.descriptor.size ||
      (one.descriptor.digest < other.descriptor.digest ? -1 : 1),
  );
}

async function confirmBlobs(blobs: readonly Blob[], paranoid: boolean): Promise<void> {
  let left = WHOLE_BYTES;
  let starts = STARTS;
  for (const { image, descriptor } of blobs) {
    const what = `${image.reference}: ${descriptor.digest}`;
    if (paranoid || descriptor.size <= left) {
      left -= descriptor.size;
      await confirmDigest(descriptor.digest, image.readBlob(descriptor), what);
    } else if (starts-- > 0) await confirmStart(descriptor.digest, image.readBlob(descriptor), what);
  }
}

/**
 * Lets a second hash library recompute the digests that a verdict rests on: manifests and configs always; of the
 * layers' blobs the smallest, as far as half a MiB goes, and of the next the first bytes.
 * @param paranoid all blobs, whole
 * @throws TwinproofError internal when the two libraries disagree
 */
export async function crossCheck(images: readonly OciImage[], paranoid: boolean): Promise<void> {
  for (const { reference, manifest, config } of images) {
    await confirmDigest(manifest.digest, [manifest.bytes], `${reference}: manifest`);
    await confirmDigest(config.digest, [config.bytes], `${reference}: config`);
  }
  await confirmBlobs(distinctBlobs(images), paranoid);
}
