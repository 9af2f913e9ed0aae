import { Digester } from './digest.ts';
import type { TwinproofError } from '../errors.ts';
import { escapeText } from './escape.ts';
import { imageInvalid, imageUnsupported, IncompleteImage } from './fault.ts';
import { MAX_DOCUMENT_BYTES } from './limits.ts';
import { blobKind } from './media-types.ts';
import { readRange } from './transport/ranges.ts';
import type { BlobPlace, Descriptor } from './types.ts';

/**
 * The bytes of a blob, checked against its descriptor at the end. Pieces are only valid until the next is asked for.
 * @throws TwinproofError image-invalid naming the blob
 */
export async function* verifiedBlob(descriptor: Descriptor, place: BlobPlace): AsyncGenerator<Buffer> {
  const where = `${place.path}: blob ${descriptor.digest}`;
  checkSize(descriptor, place);
  const digester = new Digester(descriptor.digest, where);
  for await (const piece of readRange(place)) {
    digester.update(piece);
    yield piece;
  }
  const actual = digester.digest();
  if (actual !== descriptor.digest) throw imageInvalid(`its bytes have the digest ${actual}`, where);
}

/** What lies there is what the descriptor says. @throws TwinproofError image-invalid naming the blob */
export async function verifyPlace(descriptor: Descriptor, place: BlobPlace): Promise<void> {
  const pieces = verifiedBlob(descriptor, place);
  // Reading is verifying: the iterator fails at its end.
  while ((await pieces.next()).done !== true);
}

/** @throws TwinproofError image-invalid when the blob has another size than its descriptor says */
export function checkSize(descriptor: Descriptor, place: BlobPlace): void {
  if (place.size === descriptor.size) return;
  const where = `${place.path}: blob ${descriptor.digest}`;
  throw imageInvalid(`has ${place.size} bytes, its descriptor says ${descriptor.size}`, where);
}

/** Told from other faults, because referrers of an image may be missing. */
export class MissingBlob extends IncompleteImage {}

/**
 * A blob that is not where the image is. Layers that may not be passed on (of Windows, say) are often left where
 * they come from; that they are not here is no fault of the image.
 */
export function missingBlob({ digest, mediaType, urls = [] }: Descriptor, place: string): TwinproofError {
  const where = `${place}: blob ${digest}`;
  if (urls.length === 0 && blobKind(mediaType) !== 'foreign-layer') {
    return new MissingBlob('image-invalid', 'is missing', { where: escapeText(where) });
  }
  const from = urls.length === 0 ? '' : `, only at ${urls.slice(0, 3).join(', ')}`;
  return imageUnsupported(
    `a foreign layer whose bytes are not here${from}`,
    where,
    'copy the image with its foreign layers first',
  );
}

/** A verified JSON document's bytes. @throws TwinproofError image-invalid, also when it is too large */
export async function readDocument(descriptor: Descriptor, place: BlobPlace): Promise<Buffer> {
  if (descriptor.size > MAX_DOCUMENT_BYTES) {
    const where = `${place.path}: blob ${descriptor.digest}`;
    throw imageInvalid(`a document of ${descriptor.size} bytes; the limit is ${MAX_DOCUMENT_BYTES}`, where);
  }
  const parts: Buffer[] = [];
  for await (const piece of verifiedBlob(descriptor, place)) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}
