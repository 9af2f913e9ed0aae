import { createHash } from 'node:crypto';
import { missingBlob } from '../blob.ts';
import { makeImage, type Source } from '../image.ts';
import { sniff } from '../layers/decompress.ts';
import { DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST } from '../media-types.ts';
import type { BlobPlace, Descriptor, Document, OciImage } from '../types.ts';
import { manifestsFrom } from './documents.ts';
import { readAll, readRange } from './ranges.ts';
import type { FileStore } from './types.ts';
import type { Wanted } from './walk.ts';
import { sha256 } from '../../model/digest.ts';

/** What an archive of Docker holds: a config, and layers in plain files. */
export interface DockerFiles {
  store: FileStore;
  config: Uint8Array;
  configDigest: string;
  layers: { place: BlobPlace; diffId: string }[];
}

/** Layers need a digest of their own only when they are compressed; else it is the diffID. */
async function layerDescriptor(place: BlobPlace, diffId: string): Promise<Descriptor> {
  const head = await readAll({ ...place, size: Math.min(place.size, 8) });
  const kind = sniff(head, place.path);
  if (kind === 'none') return { mediaType: DOCKER_LAYER, digest: diffId, size: place.size };
  const hash = createHash('sha256');
  for await (const piece of readRange(place)) hash.update(piece);
  return { mediaType: `${DOCKER_LAYER}.${kind}`, digest: `sha256:${hash.digest('hex')}`, size: place.size };
}

/** The schema 2 manifest that the archive's contents stand for; archives of `docker save` have none of their own. */
function synthesise(config: Descriptor, layers: Descriptor[]): Document {
  const json = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: { mediaType: config.mediaType, size: config.size, digest: config.digest },
    layers: layers.map(({ mediaType, size, digest }) => ({ mediaType, size, digest })),
  };
  const bytes = Buffer.from(JSON.stringify(json));
  return { digest: sha256(bytes), mediaType: DOCKER_MANIFEST, bytes, json };
}

/** @throws TwinproofError image-invalid, unsupported */
export async function imageOfFiles(files: DockerFiles, wanted: Wanted): Promise<OciImage> {
  const { store } = files;
  const config = { mediaType: DOCKER_CONFIG, digest: files.configDigest, size: files.config.length };
  const held = { path: `${store.path}: config`, offset: 0, size: config.size, data: files.config };
  const places = new Map<string, BlobPlace>([[config.digest, held]]);
  const layers: Descriptor[] = [];
  for (const { place, diffId } of files.layers) {
    const descriptor = await layerDescriptor(place, diffId);
    places.set(descriptor.digest, place);
    layers.push(descriptor);
  }
  const locate: Source['locate'] = (descriptor) => {
    const place = places.get(descriptor.digest);
    return place === undefined ? Promise.reject(missingBlob(descriptor, store.path)) : Promise.resolve(place);
  };
  const source: Source = {
    path: store.path,
    locate,
    readManifest: manifestsFrom(locate, store.path),
    close: () => store.close?.() ?? Promise.resolve(),
  };
  const manifest = synthesise(config, layers);
  return makeImage({ ...wanted, index: null, manifest, attestations: [], source });
}
