import { checkSize, missingBlob } from '../blob.ts';
import { parseDigest } from '../digest.ts';
import type { Locate, Source } from '../image.ts';
import { OCI_INDEX } from '../media-types.ts';
import type { OciImage } from '../types.ts';
import { documentOf, manifestsFrom, readSmall } from './documents.ts';
import { refName, selectorIn, withTag } from './select.ts';
import type { FileStore } from './types.ts';
import { entriesOf, walkAmong, type Wanted } from './walk.ts';

/** Blobs of a layout lie at `blobs/<algorithm>/<hex>` (OCI image-spec image-layout.md). */
export function layoutLocate(store: FileStore): Locate {
  return async (descriptor) => {
    const { algorithm, hex } = parseDigest(descriptor.digest, store.path);
    const place = await store.find(`blobs/${algorithm}/${hex}`);
    if (place === null) throw missingBlob(descriptor, store.path);
    checkSize(descriptor, place);
    return place;
  };
}

/** Tags under which referrers and signatures are kept where nothing else is possible: `sha256-<hex>`, `sha256-<hex>.sig`. */
export const REFERRERS_TAG = /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{128})(?:\.[a-z]+)?$/;

/**
 * Opens an OCI image layout in a folder or archive. `index.json` itself counts as the image's index only when it
 * lists several images; usually it is but the list of what the layout holds.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function openLayout(
  store: FileStore,
  options: Wanted & { tag: string | null },
): Promise<OciImage> {
  const { tag } = options;
  const where = `${store.path}: index.json`;
  const bytes = await readSmall(store, 'index.json', 'is it an OCI layout or image archive?');
  const top = documentOf(bytes, OCI_INDEX, where);
  const { images, beside } = entriesOf(top, where);
  const locate = layoutLocate(store);
  const readManifest = manifestsFrom(locate, store.path);
  const source: Source = {
    path: store.path,
    locate,
    readManifest,
    selector: (one) => selectorIn(images, one),
    referrers: async (digest) => {
      const lists = images.filter((one) => refName(one) === digest.replace(':', '-'));
      const read = lists.map(async (one) => entriesOf(await readManifest(one), where));
      return (await Promise.all(read)).flatMap((entries) => [...entries.images, ...entries.beside]);
    },
    close: () => store.close?.() ?? Promise.resolve(),
  };
  const candidates = withTag(images, tag, where, (name) => !REFERRERS_TAG.test(name));
  const index = tag === null ? top.digest : null;
  return walkAmong(source, { images: candidates, beside, index, where }, options);
}
