import { randomBytes } from 'node:crypto';
import { UNDER_TEST } from '../engine/marks.ts';
import { TwinproofError } from '../errors.ts';
import { writeDockerArchive } from '../oci/transport/docker-archive.ts';
import type { OciImage } from '../oci/types.ts';
import { loadedFault } from './loaded-image.ts';
import type { ClaimContext } from './types.ts';

/**
 * Has the engine hold an image as it was built while it is used, and no longer.
 * @param use gets its name there, and the id that the engine gave it
 * @throws TwinproofError `engine-unavailable` when the engine made something else of it: its answers would not be the image's
 */
export async function withLoaded<T>(
  { engine }: Pick<ClaimContext, 'engine'>,
  image: OciImage,
  use: (name: string, id: string | null) => Promise<T>,
): Promise<T> {
  const name = `${UNDER_TEST}:${randomBytes(8).toString('hex')}`;
  try {
    await engine.images.load(writeDockerArchive(image, name));
    const loaded = await engine.images.find(name);
    const diffIds = image.layers.map(({ diffId }) => diffId);
    const fault = loadedFault({ config: image.config.digest, diffIds }, loaded);
    if (fault !== null) throw new TwinproofError('engine-unavailable', fault);
    return await use(name, loaded?.id ?? null);
  } finally {
    await engine.images.remove(name);
  }
}
