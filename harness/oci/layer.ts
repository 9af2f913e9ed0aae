import { verifiedBlob } from './blob.ts';
import { decompress } from './decompress.ts';
import { Digester } from './digest.ts';
import { imageInvalid, imageUnsupported } from './fault.ts';
import { blobKind } from './media-types.ts';
import { TarReader } from './tar-reader.ts';
import type { TarHandler } from './tar-types.ts';
import type { OciImage, OciLayer, ReadLimits } from './types.ts';

/** How a layer is named in errors. */
export function layerName(image: OciImage, layer: OciLayer): string {
  return `${image.reference}: layer ${layer.descriptor.digest}`;
}

/**
 * Reads one layer to its end: size and digest of the blob and the digest of the uncompressed tar are checked against
 * manifest and config, its entries go to `handler` (null: only the digests are wanted).
 * What the handler was given may only be used once this has returned.
 * @throws TwinproofError image-invalid or unsupported
 */
export async function readLayer(
  image: OciImage,
  layer: OciLayer,
  handler: TarHandler | null,
  limits: ReadLimits,
): Promise<void> {
  const where = layerName(image, layer);
  const { mediaType } = layer.descriptor;
  if (!['layer', 'foreign-layer'].includes(blobKind(mediaType))) {
    throw imageUnsupported(`a layer of media type "${mediaType}"`, where);
  }
  const place = await image.locate(layer.descriptor);
  const digester = new Digester(layer.diffId, where);
  const reader = handler === null ? null : new TarReader(handler, where, limits.holeBytes);
  for await (const piece of decompress(verifiedBlob(layer.descriptor, place), where, limits)) {
    digester.update(piece);
    reader?.push(piece);
  }
  reader?.end();
  const actual = digester.digest();
  if (actual !== layer.diffId) {
    throw imageInvalid(
      `its uncompressed bytes have the digest ${actual}, the config says ${layer.diffId}`,
      where,
    );
  }
}
