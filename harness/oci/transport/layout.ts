import type { Platform } from '../../catalog/types.ts';
import { checkSize, readDocument } from '../blob.ts';
import { parseDescriptor } from '../descriptor.ts';
import { parseDigest, sha256 } from '../digest.ts';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { asArray, asObject, parseJson } from '../json.ts';
import { MAX_DOCUMENT_BYTES, MAX_INDEX_DEPTH } from '../limits.ts';
import { blobKind, OCI_INDEX } from '../media-types.ts';
import { makeImage, type Locate } from '../image.ts';
import { readAll } from './ranges.ts';
import { isAttestation, selectManifest, withTag } from './select.ts';
import type { FileStore } from './store.ts';
import type { Descriptor, Document, OciImage } from '../types.ts';

/** A small file by name, with no digest to check it against. @throws TwinproofError image-invalid */
export async function readNamed(store: FileStore, name: string): Promise<Document> {
  const where = `${store.path}: ${name}`;
  const place = await store.find(name);
  if (place === null) throw imageInvalid('is missing', where, 'is it an OCI layout or image archive?');
  if (place.size > MAX_DOCUMENT_BYTES) throw imageInvalid('is too large', where);
  const bytes = await readAll(place);
  const json = asObject(parseJson(bytes, where), where);
  return { digest: sha256(bytes), mediaType: OCI_INDEX, bytes, json };
}

/** Blobs of a layout lie at `blobs/<algorithm>/<hex>` (OCI image-spec image-layout.md). */
export function layoutLocate(store: FileStore): Locate {
  return async (descriptor) => {
    const { algorithm, hex } = parseDigest(descriptor.digest, store.path);
    const place = await store.find(`blobs/${algorithm}/${hex}`);
    if (place === null) throw imageInvalid('is missing', `${store.path}: blob ${descriptor.digest}`);
    checkSize(descriptor, place);
    return place;
  };
}

async function readBlobDocument(locate: Locate, descriptor: Descriptor, store: FileStore): Promise<Document> {
  const where = `${store.path}: ${descriptor.digest}`;
  const bytes = await readDocument(descriptor, await locate(descriptor));
  const json = asObject(parseJson(bytes, where), where);
  const own = json.mediaType;
  const mediaType = descriptor.mediaType === '' && typeof own === 'string' ? own : descriptor.mediaType;
  return { digest: descriptor.digest, mediaType, bytes, json };
}

/** Manifests of an index, attestations apart. */
function entriesOf(index: Document, where: string): { images: Descriptor[]; attestations: Descriptor[] } {
  const all = asArray(index.json.manifests, `${where}/manifests`).map((value, at) =>
    parseDescriptor(value, `${where}/manifests/${at}`),
  );
  return { images: all.filter((one) => !isAttestation(one)), attestations: all.filter(isAttestation) };
}

interface OpenOptions {
  reference: string;
  tag: string | null;
  platform: Platform | undefined;
}

/**
 * Opens an OCI image layout in a folder or archive. `index.json` itself counts as the image's index only when it
 * lists several images; usually it is but the list of what the layout holds.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function openLayout(store: FileStore, options: OpenOptions): Promise<OciImage> {
  const { tag, platform, reference } = options;
  const locate = layoutLocate(store);
  const where = `${store.path}: index.json`;
  const top = await readNamed(store, 'index.json');
  const { images, attestations } = entriesOf(top, where);
  const candidates = withTag(images, tag, where);
  let descriptor = selectManifest(candidates, platform, where);
  let index = tag === null && candidates.length > 1 ? top.digest : null;
  let beside = index === null ? [] : attestations;
  for (let depth = 0; ; depth++) {
    const document = await readBlobDocument(locate, descriptor, store);
    const kind = documentKind(document);
    if (kind === 'manifest') {
      return await makeImage({
        reference,
        index,
        manifest: document,
        attestations: beside,
        locate,
        platform,
      });
    }
    if (kind !== 'index')
      throw imageUnsupported(`media type "${document.mediaType}"`, `${store.path}: ${descriptor.digest}`);
    if (depth >= MAX_INDEX_DEPTH) throw imageInvalid('indexes are nested too deep', store.path);
    index ??= document.digest;
    const inner = entriesOf(document, `${store.path}: ${descriptor.digest}`);
    beside = [...beside, ...inner.attestations];
    descriptor = selectManifest(inner.images, platform, `${store.path}: ${descriptor.digest}`);
  }
}

/** By media type, or by its shape where no media type is given. */
function documentKind({ mediaType, json }: Document): string {
  if (mediaType !== '') return blobKind(mediaType);
  return json.manifests === undefined ? (json.config === undefined ? 'other' : 'manifest') : 'index';
}
