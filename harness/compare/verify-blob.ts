import type { Descriptor, OciImage } from '../oci/types.ts';

/** A blob has the size and digest that its descriptor says. @throws TwinproofError image-invalid */
export async function verifyBlob(image: OciImage, descriptor: Descriptor): Promise<void> {
  // Reading is verifying: the iterator fails at its end.
  const pieces = image.readBlob(descriptor)[Symbol.asyncIterator]();
  while ((await pieces.next()).done !== true);
}
