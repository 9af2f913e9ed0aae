import { TwinproofError } from '../errors.ts';
import { dockerode, engineCall, type Engine } from './runtime.ts';

/**
 * An image as the engine's `GET /images/{name}/get` sends it: a tar archive like that of `docker save`.
 * @throws TwinproofError input-unavailable when the engine has no such image, engine-unavailable
 */
export async function exportImage(engine: Engine, name: string): Promise<AsyncIterable<Uint8Array>> {
  const image = dockerode(engine).getImage(name);
  const found = await engineCall(`look for the image ${name}`, () =>
    image.inspect().then(
      () => true,
      (error: unknown) => {
        if ((error as { statusCode?: number }).statusCode === 404) return false;
        throw error;
      },
    ),
  );
  if (!found) {
    throw new TwinproofError('input-unavailable', 'the engine has no such image', {
      where: `docker-daemon:${name}`,
      hint: `${engine.name} ${engine.version}; see its list of images`,
    });
  }
  const stream = await engineCall(`export the image ${name}`, () => image.get());
  return stream as unknown as AsyncIterable<Uint8Array>;
}
