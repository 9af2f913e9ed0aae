import { parseReference } from '../catalog/image-reference.ts';
import { TwinproofError } from '../errors.ts';
import type { Engine, EngineImage } from '../engine/port.ts';

/**
 * An image that the engine has, or that it pulls.
 * @param where names the place that asks for it, in errors
 * @throws TwinproofError `builder-unresolved`
 */
export async function findOrPull(engine: Engine, reference: string, where?: string): Promise<EngineImage> {
  const found = (await engine.images.find(reference)) ?? (await byId(engine, reference));
  if (found !== null) return found;
  if (reference.startsWith('sha256:'))
    throw unresolved(reference, 'the engine has no image of this ID', where);
  try {
    await engine.images.pull(reference);
  } catch (cause) {
    throw unresolved(reference, cause instanceof Error ? cause.message : String(cause), where);
  }
  const pulled = await engine.images.find(reference);
  if (pulled === null) throw unresolved(reference, 'the engine does not have it after pulling it', where);
  return pulled;
}

/** An image that was built here has an ID and no digest: `name@sha256:<ID>` is found by that. */
async function byId(engine: Engine, reference: string): Promise<EngineImage | null> {
  const { digest, repository } = parseReference(reference);
  return digest === null || repository === '' ? null : engine.images.find(digest);
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
