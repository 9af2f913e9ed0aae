import { verifiedBlob } from '../blob.ts';
import { decompress } from './decompress.ts';
import { Digester } from '../digest.ts';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { blobKind } from '../media-types.ts';
import type { Pace } from './pace.ts';
import { TarReader } from '../tar/reader.ts';
import type { TarHandler } from '../tar/types.ts';
import type { BlobPlace, Descriptor, OciImage, OciLayer, ReadLimits } from '../types.ts';

/** How a layer is named in errors. */
export function layerName(image: OciImage, layer: OciLayer): string {
  return `${image.reference}: layer ${layer.descriptor.digest}`;
}

/** All that is needed to read a layer, and nothing that cannot be handed to another thread. */
export interface LayerJob {
  place: BlobPlace;
  descriptor: Descriptor;
  diffId: string;
  /** For errors. */
  where: string;
}

/** @throws TwinproofError image-invalid when the blob is missing, unsupported when it is not known to be a layer */
export async function layerJob(image: OciImage, layer: OciLayer): Promise<LayerJob> {
  const where = layerName(image, layer);
  const { descriptor, diffId } = layer;
  if (!['layer', 'foreign-layer'].includes(blobKind(descriptor.mediaType))) {
    throw imageUnsupported(`a layer of media type "${descriptor.mediaType}"`, where);
  }
  return { place: await image.locate(descriptor), descriptor, diffId, where };
}

/**
 * Reads one layer to its end: size and digest of the blob and the digest of the uncompressed tar are checked against
 * manifest and config, its entries go to `handler` (null: only the digests are wanted).
 * What the handler was given may only be used once this has returned.
 * @param pace holds the reading back where another thread is to keep up
 * @throws TwinproofError image-invalid or unsupported
 */
export async function readLayer(
  job: LayerJob,
  handler: TarHandler | null,
  limits: ReadLimits,
  pace?: Pace,
): Promise<void> {
  const { place, descriptor, diffId, where } = job;
  const digester = new Digester(diffId, where);
  const reader = handler === null ? null : new TarReader(handler, where, limits.holeBytes);
  for await (const piece of decompress(verifiedBlob(descriptor, place), where, limits)) {
    digester.update(piece);
    reader?.push(piece);
    const wait = pace?.step(piece.length);
    if (wait != null) await wait;
  }
  reader?.end();
  const actual = digester.digest();
  if (actual === diffId) return;
  throw imageInvalid(`its uncompressed bytes have the digest ${actual}, the config says ${diffId}`, where);
}
