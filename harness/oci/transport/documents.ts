import { readDocument } from '../blob.ts';
import { imageInvalid } from '../fault.ts';
import { asObject, parseJson } from '../json.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import type { Locate } from '../image.ts';
import type { Descriptor, Document } from '../types.ts';
import { readAll } from './ranges.ts';
import type { FileStore } from './types.ts';
import { sha256 } from '../../model/digest.ts';

/** Bytes of a small file by name, with no digest to check them against. @throws TwinproofError image-invalid */
export async function readSmall(store: FileStore, name: string, hint?: string): Promise<Buffer> {
  const where = `${store.path}: ${name}`;
  const place = await store.find(name);
  if (place === null) throw imageInvalid('is missing', where, hint);
  if (place.size > MAX_DOCUMENT_BYTES) throw imageInvalid('is too large', where);
  return readAll(place);
}

/** A manifest or index from its bytes; `claimed` is what its descriptor or server says that it is. */
export function documentOf(bytes: Uint8Array, claimed: string, where: string): Document {
  const json = asObject(parseJson(bytes, where), where);
  const own = json.mediaType;
  const mediaType = claimed === '' && typeof own === 'string' ? own : claimed;
  return { digest: sha256(bytes), mediaType, bytes, json };
}

/** Manifests that lie among the blobs, as in layouts. */
export function manifestsFrom(locate: Locate, path: string): (descriptor: Descriptor) => Promise<Document> {
  return async (descriptor) => {
    const bytes = await readDocument(descriptor, await locate(descriptor));
    const document = documentOf(bytes, descriptor.mediaType, `${path}: ${descriptor.digest}`);
    return { ...document, digest: descriptor.digest };
  };
}
