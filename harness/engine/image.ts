import { Readable } from 'node:stream';
import { TwinproofError } from '../errors.ts';
import { type Engine, dockerode, engineCall } from './runtime.ts';

/**
 * Images under test carry no mark of the harness inside; this repository name is what `clean` finds them by.
 */
export const UNDER_TEST = 'localhost/twinproof-under-test';

/** Engine names of builders that were made from a definition; `clean` finds them by it. */
export const BUILDER_REPOSITORY = 'localhost/twinproof-builder';

/** Loads a docker-archive (docker save format) under the names it holds. */
export async function loadArchive(engine: Engine, archive: AsyncIterable<Uint8Array>): Promise<void> {
  const answer = await engineCall('load an image', async () => {
    const stream = await dockerode(engine).loadImage(Readable.from(archive), { quiet: true });
    let text = '';
    for await (const chunk of stream) text = (text + String(chunk)).slice(-4096);
    return text;
  });
  const error = /"error":"([^"]*)"/.exec(answer)?.[1];
  if (error !== undefined)
    throw new TwinproofError('engine-unavailable', `the engine did not load the image: ${error}`);
}

export async function imageId(engine: Engine, name: string): Promise<string | null> {
  return engineCall(`look for ${name}`, async () => {
    try {
      return (await dockerode(engine).getImage(name).inspect()).Id;
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return null;
      throw error;
    }
  });
}

export async function removeImage(engine: Engine, name: string): Promise<void> {
  await dockerode(engine)
    .getImage(name)
    .remove({ force: true })
    .catch((error: unknown) => {
      if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    });
}

export async function listImages(engine: Engine, repository: string): Promise<string[]> {
  const images = await engineCall('list images', () =>
    dockerode(engine).listImages({ filters: { reference: [`${repository}:*`] } }),
  );
  return images.flatMap((image) => image.RepoTags ?? []).filter((tag) => tag.startsWith(`${repository}:`));
}

/** What an engine says of an image that it loaded. */
export interface LoadedImage {
  id: string;
  diffIds: string[];
  /** It keeps images in containerd, whose IDs are digests of manifests (Docker Engine API 1.48, `Descriptor`). */
  containerd: boolean;
}

export async function loadedImage(engine: Engine, name: string): Promise<LoadedImage | null> {
  return engineCall(`look at ${name}`, async () => {
    try {
      const image = await dockerode(engine).getImage(name).inspect();
      const id = image.Id.startsWith('sha256:') ? image.Id : `sha256:${image.Id}`;
      return { id, diffIds: image.RootFS.Layers ?? [], containerd: 'Descriptor' in image };
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return null;
      throw error;
    }
  });
}
