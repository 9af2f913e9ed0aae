import { parseReference } from '../catalog/image-reference.ts';
import { TwinproofError } from '../errors.ts';
import { type Engine, dockerode, engineCall } from '../engine/runtime.ts';

export interface FoundImage {
  /** What the engine calls it. */
  id: string;
  /** Of its manifest where the engine knows it, otherwise the ID. */
  digest: string;
  architecture: string;
}

/**
 * An image that the engine has, or that it pulls.
 * @param where names the place that asks for it, in errors
 * @throws TwinproofError `builder-unresolved`
 */
export async function findOrPull(engine: Engine, reference: string, where?: string): Promise<FoundImage> {
  const found = (await inspect(engine, reference)) ?? (await byId(engine, reference));
  if (found !== null) return found;
  if (reference.startsWith('sha256:'))
    throw unresolved(reference, 'the engine has no image of this ID', where);
  try {
    const stream = await dockerode(engine).pull(reference);
    await new Promise<void>((resolve, reject) => {
      dockerode(engine).modem.followProgress(stream, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  } catch (cause) {
    throw unresolved(reference, cause instanceof Error ? cause.message : String(cause), where);
  }
  const pulled = await inspect(engine, reference);
  if (pulled === null) throw unresolved(reference, 'the engine does not have it after pulling it', where);
  return pulled;
}

/** An image that was built here has an ID and no digest: `name@sha256:<ID>` is found by that. */
async function byId(engine: Engine, reference: string): Promise<FoundImage | null> {
  const { digest, repository } = parseReference(reference);
  return digest === null || repository === '' ? null : inspect(engine, digest);
}

async function inspect(engine: Engine, reference: string): Promise<FoundImage | null> {
  return engineCall(`look for ${reference}`, async () => {
    try {
      const image = await dockerode(engine).getImage(reference).inspect();
      const digest = image.RepoDigests[0]?.split('@')[1] ?? image.Id;
      return { id: image.Id, digest, architecture: image.Architecture };
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return null;
      throw error;
    }
  });
}

const unresolved = (reference: string, reason: string, where: string | undefined): TwinproofError =>
  new TwinproofError(
    'builder-unresolved',
    `could not get the image ${reference}: ${reason.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
    {
      ...(where === undefined ? {} : { where }),
      hint: 'check the name and digest, and that the registry is reachable',
    },
  );
