import { Digester } from './digest.ts';
import { imageInvalid } from './fault.ts';
import { MAX_DOCUMENT_BYTES } from './limits.ts';
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

/** @throws TwinproofError image-invalid when the blob has another size than its descriptor says */
export function checkSize(descriptor: Descriptor, place: BlobPlace): void {
  if (place.size === descriptor.size) return;
  const where = `${place.path}: blob ${descriptor.digest}`;
  throw imageInvalid(`has ${place.size} bytes, its descriptor says ${descriptor.size}`, where);
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
