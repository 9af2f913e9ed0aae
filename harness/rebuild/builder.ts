import { TwinproofError } from '../errors.ts';
import { withLock } from '../engine/lock.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/port.ts';
import type { BuilderSpec } from '../catalog/types.ts';
import { type DefinitionOptions, ensureDefinedBuilder } from './definition/ensure.ts';
import { findOrPull } from './find-or-pull.ts';
import { parseReference } from '../catalog/image-reference.ts';
import { ensureStore } from './store.ts';
import type { ReadyBuilder } from './types.ts';
import { sha256 } from '../model/digest.ts';

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
  return withLock('builder', owner, () => prepare(engine, owner, spec, options), {
    onWait: options.onStep,
  });
}

async function prepare(
  engine: Engine,
  owner: Owner,
  spec: BuilderSpec,
  options: DefinitionOptions & { nested: boolean },
): Promise<ReadyBuilder> {
  const builder = await builderImage(engine, owner, spec, options);
  const { name, digest, image } = builder;
  // An image from outside goes by a name that is not its own.
  const given = spec.kind === 'image' && spec.given !== undefined;
  if (spec.kind === 'definition') options.onStep('putting the builder into a read-only store');
  const key = given ? sha256(`${digest} ${name}`) : digest;
  const { nested } = options;
  const wanted = { image, digest: key, names: [name], tool: image, nested, onWait: options.onStep };
  const store = await ensureStore(engine, owner, wanted);
  return { ...builder, store };
}

/** The builder as an image of the engine, for what needs no store: everything but building Containerfiles. */
export async function builderImage(
  engine: Engine,
  owner: Owner,
  spec: BuilderSpec,
  options: DefinitionOptions,
): Promise<Omit<ReadyBuilder, 'store'>> {
  if (spec.kind === 'definition') return ensureDefinedBuilder(engine, owner, spec.path, options);
  const { repository, tag } = parseReference(spec.reference);
  const reference = spec.given ?? spec.reference;
  const { digest } = parseReference(reference);
  if (digest === null && !spec.resolve) {
    throw new TwinproofError('builder-unresolved', `${spec.reference} is a floating tag`, {
      ...(spec.place === null ? {} : { where: `${spec.place.file}:${spec.place.line}:${spec.place.column}` }),
      hint:
        'name the builder by digest (name@sha256:…), here or with --builder, or set `resolve: true` or --resolve-builder ' +
        'to resolve the tag now and record it',
    });
  }
  options.onStep(`getting ${reference}`);
  const image = await findOrPull(engine, reference);
  return {
    name: `${repository}:${tag ?? 'latest'}`,
    digest: digest ?? image.digest,
    image: image.id,
    architecture: image.architecture,
  };
}

/** The same for builders that are the same, wherever they are named; one that is not pinned is reported at its own place. */
export function builderKey(spec: BuilderSpec): string {
  const pinned =
    spec.kind === 'definition' ||
    spec.resolve ||
    parseReference(spec.given ?? spec.reference).digest !== null;
  return JSON.stringify(pinned ? { ...spec, place: null } : spec);
}
