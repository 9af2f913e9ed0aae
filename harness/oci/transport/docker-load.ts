import type { Platform } from '../../catalog/types.ts';
import { sniff } from '../layers/decompress.ts';
import { sha256 } from '../digest.ts';
import { createHash } from 'node:crypto';
import { imageInvalid } from '../fault.ts';
import { makeImage, type Locate } from '../image.ts';
import { asArray, asObject, asString, parseJson } from '../json.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST } from '../media-types.ts';
import { cleanPath } from '../names.ts';
import { readAll, readRange } from './ranges.ts';
import type { FileStore } from './store.ts';
import type { BlobPlace, Descriptor, Document, Json, JsonObject, OciImage } from '../types.ts';

async function findFile(store: FileStore, value: Json | undefined, where: string): Promise<BlobPlace> {
  const text = asString(value, where);
  const name = cleanPath(Buffer.from(text).toString('latin1'));
  const place = name === null ? null : await store.find(name);
  if (place === null) throw imageInvalid(`names the file "${text}", which is not there`, where);
  return place;
}

/** The image that `manifest.json` lists, by tag where it lists several. */
function pickItem(items: Json[], tag: string | null, where: string): JsonObject {
  const objects = items.map((item, at) => asObject(item, `${where}/${at}`));
  const named =
    tag === null
      ? objects
      : objects.filter((item) => repoTags(item, where).some((name) => tagFits(name, tag)));
  const [only, second] = named;
  if (only !== undefined && second === undefined) return only;
  const all = objects.flatMap((item) => repoTags(item, where)).slice(0, 10);
  const what =
    only === undefined
      ? tag === null
        ? 'lists no image'
        : `lists no image tagged "${tag}"`
      : 'lists several images';
  throw imageInvalid(what, where, all.length === 0 ? 'none has a tag' : `choose one of ${all.join(', ')}`);
}

function repoTags(item: JsonObject, where: string): string[] {
  return asArray(item.RepoTags, `${where}/RepoTags`).map((name) => asString(name, `${where}/RepoTags`));
}

/** `name` stands for `name:latest`. */
function tagFits(name: string, tag: string): boolean {
  return name === tag || name === `${tag}:latest`;
}

/** Layers need a digest of their own only when they are compressed; else it is the diffID. */
async function layerDescriptor(place: BlobPlace, diffId: string): Promise<Descriptor> {
  const head = await readAll({ ...place, size: Math.min(place.size, 8) });
  if (sniff(head, place.path) === 'none')
    return { mediaType: DOCKER_LAYER, digest: diffId, size: place.size };
  const hash = createHash('sha256');
  for await (const piece of readRange(place)) hash.update(piece);
  return { mediaType: `${DOCKER_LAYER}.gzip`, digest: `sha256:${hash.digest('hex')}`, size: place.size };
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

/**
 * Opens an archive as `docker save` writes it (image-spec v1.2 `manifest.json`; also Docker 25 and later, podman, kaniko).
 * @throws TwinproofError image-invalid
 */
export async function openDockerArchive(
  store: FileStore,
  options: { reference: string; tag: string | null; platform: Platform | undefined },
): Promise<OciImage> {
  const where = `${store.path}: manifest.json`;
  const list = await store.find('manifest.json');
  if (list === null) throw imageInvalid('is missing', where, 'archives from before Docker 1.10 are not read');
  if (list.size > MAX_DOCUMENT_BYTES) throw imageInvalid('is too large', where);
  const items = asArray(parseJson(await readAll(list), where), where);
  const item = pickItem(items, options.tag, where);
  const configPlace = await findFile(store, item.Config, `${where}/Config`);
  if (configPlace.size > MAX_DOCUMENT_BYTES) throw imageInvalid('the config is too large', where);
  const configBytes = await readAll(configPlace);
  const config = { mediaType: DOCKER_CONFIG, digest: sha256(configBytes), size: configBytes.length };
  const rootfs = asObject(
    asObject(parseJson(configBytes, `${where}/Config`), where).rootfs,
    `${where}: rootfs`,
  );
  const diffIds = asArray(rootfs.diff_ids, `${where}: diff_ids`).map((id) => asString(id, where));
  const files = asArray(item.Layers, `${where}/Layers`);
  if (files.length !== diffIds.length) {
    throw imageInvalid(`has ${files.length} layers, its config lists ${diffIds.length}`, where);
  }
  const places = new Map<string, BlobPlace>([[config.digest, configPlace]]);
  const layers: Descriptor[] = [];
  for (const [number, diffId] of diffIds.entries()) {
    const place = await findFile(store, files[number], `${where}/Layers/${number}`);
    const descriptor = await layerDescriptor(place, diffId);
    places.set(descriptor.digest, place);
    layers.push(descriptor);
  }
  const locate: Locate = ({ digest }) => {
    const place = places.get(digest);
    return place === undefined
      ? Promise.reject(imageInvalid('is missing', `${store.path}: ${digest}`))
      : Promise.resolve(place);
  };
  const manifest = synthesise(config, layers);
  return makeImage({ ...options, index: null, manifest, attestations: [], locate });
}
