import { Digester } from '../digest.ts';
import { imageInvalid } from '../fault.ts';
import { asArray, asObject, asString, parseJson } from '../json.ts';
import { decompress } from '../layers/decompress.ts';
import { DEFAULT_LIMITS, MAX_LAYERS } from '../limits.ts';
import type { BlobPlace, Json, JsonObject, OciImage } from '../types.ts';
import { goJson } from './go-json.ts';
import { imageOfFiles } from './docker-files.ts';
import { readSmall } from './documents.ts';
import { readRange } from './ranges.ts';
import { tagFits } from './select.ts';
import type { FileStore } from './types.ts';
import type { Wanted } from './walk.ts';
import { sha256 } from '../../model/digest.ts';
import { compareText } from '../../model/text-order.ts';

/** Names of layers were random numbers then. */
const LAYER_ID = /^[0-9a-f]{64}$/;

/** The top layer of the image with a tag, from `repositories`: repository → tag → layer. */
function topLayer(repositories: JsonObject, tag: string | null, where: string): string {
  const all = Object.entries(repositories).flatMap(([name, tags]) =>
    Object.entries(asObject(tags, `${where}/${name}`)).map(([tagName, id]) => ({
      name: `${name}:${tagName}`,
      id: asString(id, `${where}/${name}/${tagName}`),
    })),
  );
  const fitting = tag === null ? all : all.filter(({ name }) => tagFits(name, tag));
  const ids = [...new Set(fitting.map(({ id }) => id))];
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  const names = all.map(({ name }) => name).slice(0, 10);
  const what = ids.length > 1 ? 'lists several images' : 'lists no such image';
  throw imageInvalid(
    what,
    where,
    names.length === 0 ? 'none has a tag' : `choose one of ${names.join(', ')}`,
  );
}

interface OldLayer {
  /** `<id>/json`: the image's config as it was when this layer was on top. */
  json: JsonObject;
  place: BlobPlace;
}

/** Layers from the lowest to the top. @throws TwinproofError image-invalid, also for a layer that is its own ancestor */
async function chain(store: FileStore, top: string): Promise<OldLayer[]> {
  const layers: OldLayer[] = [];
  const seen = new Set<string>();
  for (let id: Json | undefined = top; id !== undefined && id !== '';) {
    const name = asString(id, store.path);
    const where = `${store.path}: ${name}`;
    if (!LAYER_ID.test(name)) throw imageInvalid('is no layer', where);
    if (seen.has(name) || seen.size >= MAX_LAYERS) throw imageInvalid('layers go round in a circle', where);
    seen.add(name);
    const json = asObject(parseJson(await readSmall(store, `${name}/json`), where), where);
    const place = await store.find(`${name}/layer.tar`);
    if (place === null) throw imageInvalid('is missing', `${where}/layer.tar`);
    layers.unshift({ json, place });
    id = json.parent;
  }
  return layers;
}

async function diffIdOf(place: BlobPlace, where: string): Promise<string> {
  const digester = new Digester(`sha256:${'0'.repeat(64)}`, where);
  for await (const piece of decompress(readRange(place), where, DEFAULT_LIMITS)) digester.update(piece);
  return digester.digest();
}

/** Fields that a config lost when images got names by content (moby image/v1 `MakeConfigFromV1Config`). */
const DROPPED = ['id', 'parent', 'Size', 'parent_id', 'layer_id', 'throwaway'];

/** moby image/v1 `HistoryFromConfig`. */
function historyOf({ created, author, container_config, comment }: JsonObject, where: string): JsonObject {
  const command =
    container_config === undefined || container_config === null
      ? []
      : asArray(asObject(container_config, where).Cmd, `${where}: Cmd`);
  const createdBy = command.map((word) => asString(word, `${where}: Cmd`)).join(' ');
  return {
    created: created ?? '0001-01-01T00:00:00Z',
    ...(author === undefined || author === '' ? {} : { author }),
    ...(createdBy === '' ? {} : { created_by: createdBy }),
    ...(comment === undefined || comment === '' ? {} : { comment }),
  };
}

/** The config that `docker load` makes of it, byte for byte for archives of Docker 1.8.3 and later. */
function modernConfig(layers: readonly OldLayer[], diffIds: string[], where: string): Uint8Array {
  const top = layers.at(-1)?.json ?? {};
  const kept = Object.entries(top).filter(([key]) => !DROPPED.includes(key));
  const config: JsonObject = {
    ...Object.fromEntries(kept),
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: layers.map(({ json }) => historyOf(json, where)),
  };
  // Go writes the keys of this outermost object sorted, and what they hold as it found it.
  const sorted = Object.keys(config).sort(compareText);
  return Buffer.from(goJson(Object.fromEntries(sorted.map((key) => [key, config[key] ?? null]))));
}

/**
 * Opens an archive of Docker before 1.10: `repositories`, and for each layer a folder with `json` and `layer.tar`.
 * DiffIDs and config did not exist then; they are made as `docker load` makes them.
 * @throws TwinproofError image-invalid
 */
export async function openOldArchive(
  store: FileStore,
  options: Wanted & { tag: string | null },
): Promise<OciImage> {
  const where = `${store.path}: repositories`;
  const file = await store.find('repositories');
  if (file === null) {
    throw imageInvalid('has neither manifest.json nor repositories', store.path, 'is it an image archive?');
  }
  const repositories = asObject(parseJson(await readSmall(store, 'repositories'), where), where);
  const layers = await chain(store, topLayer(repositories, options.tag, where));
  const files: { place: BlobPlace; diffId: string }[] = [];
  for (const { place } of layers) files.push({ place, diffId: await diffIdOf(place, store.path) });
  const config = modernConfig(
    layers,
    files.map(({ diffId }) => diffId),
    store.path,
  );
  return imageOfFiles({ store, config, configDigest: sha256(config), layers: files }, options);
}
