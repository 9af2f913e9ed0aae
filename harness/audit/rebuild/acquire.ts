import { BUILDER_REPOSITORY } from '../../engine/marks.ts';
import type { Engine } from '../../engine/port.ts';
import { TwinproofError } from '../../errors.ts';
import { blobKind, declaredCompression } from '../../oci/media-types.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Platform } from '../../model/platform.ts';
import { head, member } from '../../rebuild/definition/image-archive.ts';
import { TAR_END, padding } from '../../rebuild/definition/tar-writer.ts';
import type { NeededImage } from './types.ts';

/** Where images come from that a rebuild starts from: a registry, or a replay bundle. */
export interface ImageSupply {
  /** Opens an image by its digest, verified. @throws TwinproofError builder-unresolved where there is none */
  open(reference: string, platform: Platform): Promise<OciImage>;
}

/**
 * Brings images into the engine, and tells how it calls each: by its ID, which is a digest of all that it holds.
 * @returns by reference
 * @throws TwinproofError builder-unresolved, engine-unavailable
 */
export async function acquire(
  engine: Engine,
  images: readonly NeededImage[],
  { supply, platform, onStep }: { supply: ImageSupply; platform: Platform; onStep: (step: string) => void },
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { reference } of images) {
    if (ids.has(reference)) continue;
    onStep(`getting ${reference}`);
    const image = await supply.open(reference, platform);
    try {
      ids.set(reference, (await known(engine, image)) ?? (await load(engine, image)));
    } finally {
      await image.close();
    }
  }
  return ids;
}

async function known(engine: Engine, { config, manifest }: OciImage): Promise<string | null> {
  for (const digest of [config.digest, manifest.digest]) {
    const found = await engine.images.find(digest);
    if (found !== null) return found.id;
  }
  return null;
}

async function load(engine: Engine, image: OciImage): Promise<string> {
  const { config, reference } = image;
  const name = `${BUILDER_REPOSITORY}:${config.digest.replace('sha256:', '').slice(0, 24)}`;
  await engine.images.load(archiveOf(image, name));
  const found = await engine.images.find(name);
  const isRight = found !== null && (found.idOf === 'manifest' || found.id === config.digest);
  if (isRight) return found.id;
  throw new TwinproofError('builder-unresolved', 'the engine made another image of it', { where: reference });
}

/** In the format of `docker save`, whose layers may be compressed. */
async function* archiveOf(image: OciImage, tag: string): AsyncIterable<Buffer> {
  const { config, layers, reference } = image;
  const hex = config.digest.replace('sha256:', '');
  const names = layers.map((_, number) => `${number}.tar`);
  yield* member(`${hex}.json`, Buffer.from(config.bytes));
  for (const [number, { descriptor }] of layers.entries()) {
    const { size, mediaType } = descriptor;
    if (blobKind(mediaType) !== 'layer' || declaredCompression(mediaType) === 'zstd')
      throw new TwinproofError(
        'unsupported',
        `a layer of the type ${mediaType} is not loaded into an engine`,
        {
          where: reference,
        },
      );
    yield head(names[number] ?? '', size);
    for await (const piece of image.readBlob(descriptor)) yield Buffer.from(piece);
    yield padding(size);
  }
  const manifest = [{ Config: `${hex}.json`, RepoTags: [tag], Layers: names }];
  yield* member('manifest.json', Buffer.from(JSON.stringify(manifest)));
  yield TAR_END;
}
