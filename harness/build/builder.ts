import { TwinproofError } from '../errors.ts';
import { withLock } from '../engine/lock.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/runtime.ts';
import type { BuilderSpec } from '../catalog/types.ts';
import { type DefinitionOptions, ensureDefinedBuilder } from './definition/ensure.ts';
import { findOrPull } from './find-or-pull.ts';
import { parseReference } from './image-reference.ts';
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
  options: DefinitionOptions & { nested: boolean },
): Promise<ReadyBuilder> {
  // Builders and their stores belong to all runs on this machine.
  return withLock('builder', owner, () => prepare(engine, owner, spec, options));
}

async function prepare(
  engine: Engine,
  owner: Owner,
  spec: BuilderSpec,
  options: DefinitionOptions & { nested: boolean },
): Promise<ReadyBuilder> {
  const { name, digest, image } = await builderImage(engine, owner, spec, options);
  if (spec.kind === 'definition') options.onStep('putting the builder into a read-only store');
  const store = await ensureStore(engine, owner, {
    image,
    digest,
    names: [name],
    tool: image,
    nested: options.nested,
  });
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
