import { imageInvalid } from '../fault.ts';
import { asArray, asObject, asString, parseJson } from '../json.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { cleanPath } from '../names.ts';
import type { BlobPlace, Json, JsonObject, OciImage } from '../types.ts';
import { imageOfFiles } from './docker-files.ts';
import { openOldArchive } from './docker-old.ts';
import { readAll } from './ranges.ts';
import { pickedNumber, tagFits } from './select.ts';
import type { FileStore } from './types.ts';
import type { Wanted } from './walk.ts';
import { sha256 } from '../../model/digest.ts';

async function findFile(store: FileStore, value: Json | undefined, where: string): Promise<BlobPlace> {
  const text = asString(value, where);
  const name = cleanPath(Buffer.from(text).toString('latin1'));
  const place = name === null ? null : await store.find(name);
  if (place === null) throw imageInvalid(`names the file "${text}", which is not there`, where);
  return place;
}

/** The image that `manifest.json` lists, by tag or number where it lists several. */
function pickItem(items: Json[], tag: string | null, where: string): JsonObject {
  const objects = items.map((item, at) => asObject(item, `${where}/${at}`));
  const [only, second] = distinctItems(fitting(objects, tag, where));
  if (only !== undefined && second === undefined) return only;
  const all = objects.flatMap((item) => repoTags(item, where)).slice(0, 10);
  const what =
    only === undefined
      ? tag === null
        ? 'lists no image'
        : `lists no image tagged "${tag}"`
      : 'lists several images';
  const byNumber = `or by number, :@0 to :@${objects.length - 1}`;
  throw imageInvalid(
    what,
    where,
    all.length === 0 ? `none has a tag; choose ${byNumber}` : `choose one of ${all.join(', ')}, ${byNumber}`,
  );
}

function fitting(objects: JsonObject[], tag: string | null, where: string): JsonObject[] {
  if (tag === null) return objects;
  const number = pickedNumber(tag);
  if (number !== null) return objects.slice(number, number + 1);
  return objects.filter((item) => repoTags(item, where).some((name) => tagFits(name, tag)));
}

/** One image may stand there several times, under several names. */
function distinctItems(items: JsonObject[]): JsonObject[] {
  return [...new Map(items.map((item) => [JSON.stringify([item.Config, item.Layers]), item])).values()];
}

function repoTags(item: JsonObject, where: string): string[] {
  return asArray(item.RepoTags, `${where}/RepoTags`).map((name) => asString(name, `${where}/RepoTags`));
}

/**
 * Opens an archive as `docker save` writes it (image-spec v1.2 `manifest.json`; also Docker 25 and later, podman,
 * kaniko), or wrote it before Docker 1.10 (`repositories`, a folder a layer).
 * @throws TwinproofError image-invalid
 */
export async function openDockerArchive(
  store: FileStore,
  options: Wanted & { tag: string | null },
): Promise<OciImage> {
  const where = `${store.path}: manifest.json`;
  const list = await store.find('manifest.json');
  if (list === null) return openOldArchive(store, options);
  if (list.size > MAX_DOCUMENT_BYTES) throw imageInvalid('is too large', where);
  const items = asArray(parseJson(await readAll(list), where), where);
  const item = pickItem(items, options.tag, where);
  const configPlace = await findFile(store, item.Config, `${where}/Config`);
  if (configPlace.size > MAX_DOCUMENT_BYTES) throw imageInvalid('the config is too large', where);
  const config = await readAll(configPlace);
  const rootfs = asObject(asObject(parseJson(config, `${where}/Config`), where).rootfs, `${where}: rootfs`);
  const diffIds = asArray(rootfs.diff_ids, `${where}: diff_ids`).map((id) => asString(id, where));
  const files = asArray(item.Layers, `${where}/Layers`);
  if (files.length !== diffIds.length) {
    throw imageInvalid(`has ${files.length} layers, its config lists ${diffIds.length}`, where);
  }
  const layers: { place: BlobPlace; diffId: string }[] = [];
  for (const [number, diffId] of diffIds.entries()) {
    layers.push({ place: await findFile(store, files[number], `${where}/Layers/${number}`), diffId });
  }
  return imageOfFiles({ store, config, configDigest: sha256(config), layers }, options);
}
