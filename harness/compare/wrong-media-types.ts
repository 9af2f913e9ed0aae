import { compressionOf } from '../oci/layers/decompress.ts';
import { declaredCompression } from '../oci/media-types.ts';
import { readAll } from '../oci/transport/ranges.ts';
import type { OciImage } from '../oci/types.ts';
import type { WrongMediaType } from './types.ts';

const MAGIC_BYTES = 8;

/**
 * Layers whose media type says another compression than their bytes have. They are read by their bytes, but not every
 * engine does that.
 */
export async function wrongMediaTypes(side: 'a' | 'b', image: OciImage): Promise<WrongMediaType[]> {
  const found: WrongMediaType[] = [];
  for (const [layer, { descriptor }] of image.layers.entries()) {
    const { mediaType } = descriptor;
    const declared = declaredCompression(mediaType);
    const place = await image.locate(descriptor);
    const stored = compressionOf(await readAll({ ...place, size: Math.min(place.size, MAGIC_BYTES) }));
    if (declared !== null && declared !== stored) found.push({ image: side, layer, mediaType, stored });
  }
  return found;
}
