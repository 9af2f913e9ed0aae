import { TwinproofError } from '../errors.ts';
import { withLock } from '../engine/lock.ts';
import type { Owner } from '../engine/owner.ts';
import { type Engine, dockerode, engineCall } from '../engine/runtime.ts';
import type { BuilderSpec } from '../catalog/types.ts';
import { type DefinitionOptions, ensureDefinedBuilder } from './definition/ensure.ts';
import { ensureStore } from './store.ts';
import type { ReadyBuilder } from './types.ts';

/**
 * Makes a builder ready: found or pulled by digest, or made from its definition.
 * @throws TwinproofError `builder-unresolved` for a floating tag, an unknown image or one that cannot be pulled
 */
export function readyBuilder(
  engine: Engine,
  owner: Owner,
  spec: BuilderSpec,
  options: DefinitionOptions,
): Promise<ReadyBuilder> {
  // Builders and their stores belong to all runs on this machine.
  return withLock('builder', owner, () => prepare(engine, owner, spec, options));
}

async function prepare(
  engine: Engine,
  owner: Owner,
  spec: BuilderSpec,
  options: DefinitionOptions,
): Promise<ReadyBuilder> {
  const { name, digest, image } = await builderImage(engine, owner, spec, options);
  if (spec.kind === 'definition') options.onStep('putting the builder into a read-only store');
  const store = await ensureStore(engine, owner, { image, digest, names: [name] });
  return { name, digest, image, store };
}

/** The builder as an image of the engine, for what needs no store: everything but building Containerfiles. */
export async function builderImage(
  engine: Engine,
  owner: Owner,
  spec: BuilderSpec,
  options: DefinitionOptions,
): Promise<Omit<ReadyBuilder, 'store'>> {
  if (spec.kind === 'definition') return ensureDefinedBuilder(engine, owner, spec.path, options);
  const { repository, tag, digest } = parseReference(spec.reference);
  if (digest === null && !spec.resolve) {
    throw new TwinproofError('builder-unresolved', `${spec.reference} is a floating tag`, {
      ...(spec.place === null ? {} : { where: `${spec.place.file}:${spec.place.line}:${spec.place.column}` }),
      hint: 'name the builder by digest (name@sha256:…), or set `resolve: true` to resolve the tag now and record it',
    });
  }
  options.onStep(`getting ${spec.reference}`);
  const image = await findOrPull(engine, spec.reference);
  return { name: `${repository}:${tag ?? 'latest'}`, digest: digest ?? image.digest, image: image.id };
}

/** Splits `repository[:tag][@sha256:hex]` (distribution reference grammar). */
export function parseReference(reference: string): {
  repository: string;
  tag: string | null;
  digest: string | null;
} {
  const [named = '', digest] = reference.split('@', 2);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    repository: hasTag ? named.slice(0, colon) : named,
    tag: hasTag ? named.slice(colon + 1) : null,
    digest: digest ?? null,
  };
}

async function findOrPull(engine: Engine, reference: string): Promise<{ id: string; digest: string }> {
  const found = await inspect(engine, reference);
  if (found !== null) return found;
  try {
    const stream = await dockerode(engine).pull(reference);
    await new Promise<void>((resolve, reject) => {
      dockerode(engine).modem.followProgress(stream, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  } catch (cause) {
    throw unresolved(reference, cause instanceof Error ? cause.message : String(cause));
  }
  const pulled = await inspect(engine, reference);
  if (pulled === null) throw unresolved(reference, 'the engine does not have it after pulling it');
  return pulled;
}

async function inspect(engine: Engine, reference: string): Promise<{ id: string; digest: string } | null> {
  return engineCall(`look for ${reference}`, async () => {
    try {
      const image = await dockerode(engine).getImage(reference).inspect();
      return { id: image.Id, digest: image.RepoDigests[0]?.split('@')[1] ?? image.Id };
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return null;
      throw error;
    }
  });
}

const unresolved = (reference: string, reason: string): TwinproofError =>
  new TwinproofError(
    'builder-unresolved',
    `could not get the builder ${reference}: ${reason.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
    {
      hint: 'check the name and digest, and that the registry is reachable',
    },
  );
