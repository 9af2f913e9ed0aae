import { checkSize, missingBlob } from '../blob.ts';
import { parseDigest } from '../digest.ts';
import type { Locate, Source } from '../image.ts';
import type { OciImage } from '../types.ts';
import { documentOf, manifestsFrom, readSmall } from './documents.ts';
import { folderStore } from './folder-store.ts';
import type { FileStore } from './types.ts';
import { walkFrom, type Wanted } from './walk.ts';

/** Blobs lie under the hex digits of their digest, or under the whole digest when it is no sha256. */
function dirLocate(store: FileStore): Locate {
  return async (descriptor) => {
    const { algorithm, hex } = parseDigest(descriptor.digest, store.path);
    const place = await store.find(algorithm === 'sha256' ? hex : `${algorithm}-${hex}`);
    if (place === null) throw missingBlob(descriptor, store.path);
    checkSize(descriptor, place);
    return place;
  };
}

/** Manifests of an index lie beside it as `<hex>.manifest.json`. */
function dirManifests(store: FileStore): Locate {
  return async (descriptor) => {
    const { hex } = parseDigest(descriptor.digest, store.path);
    const place = await store.find(`${hex}.manifest.json`);
    if (place === null) throw missingBlob(descriptor, store.path);
    checkSize(descriptor, place);
    return place;
  };
}

/**
 * Opens a folder as skopeo's and podman's `dir:` have it: manifest byte for byte, blobs by digest.
 * @param close removes the folder where it is scratch
 * @throws TwinproofError image-invalid, unsupported
 */
export async function openDir(
  folder: string,
  wanted: Wanted,
  close: () => Promise<void> = () => Promise.resolve(),
): Promise<OciImage> {
  const store = folderStore(folder);
  const where = `${folder}: manifest.json`;
  const top = documentOf(await readSmall(store, 'manifest.json', 'is it a dir: image?'), '', where);
  const readManifest = manifestsFrom(dirManifests(store), folder);
  const source: Source = { path: folder, locate: dirLocate(store), readManifest, close };
  return walkFrom(source, top, wanted);
}
