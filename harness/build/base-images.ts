import { readFile, stat } from 'node:fs/promises';
import type { Subject } from '../catalog/types.ts';
import { type NamedImage, namedImages } from '../catalog/containerfile.ts';
import { TwinproofError } from '../errors.ts';
import { withLock } from '../engine/lock.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/runtime.ts';
import { findOrPull } from './find-or-pull.ts';
import { parseReference, storeName } from './image-reference.ts';
import { isNested } from './nested.ts';
import { sha256 } from './source-digest.ts';
import { ensureStore } from './store.ts';
import type { ReadyBase, ReadyBuilder } from './types.ts';

interface Request {
  subject: Subject;
  builder: ReadyBuilder;
  onStep: (step: string) => void;
}

const MAX_CONTAINERFILE = 1024 ** 2;

/**
 * Makes every image ready that a Containerfile takes from outside and that is not the builder: found in the engine or
 * pulled, and put into a read-only store, since the build itself has no network.
 * @throws TwinproofError `builder-unresolved`, with the line of the Containerfile, for a floating tag that the recipe does
 *   not say to resolve, an image that cannot be got, or one of another architecture
 */
export async function readyBases(engine: Engine, owner: Owner, request: Request): Promise<ReadyBase[]> {
  const { subject, builder } = request;
  if (subject.recipe.kind !== 'containerfile') return [];
  const { containerfile, buildArgs } = subject.recipe;
  if ((await stat(containerfile)).size > MAX_CONTAINERFILE)
    throw new TwinproofError('build-failed', `larger than ${MAX_CONTAINERFILE} bytes`, {
      where: containerfile,
    });
  const bases: ReadyBase[] = [];
  for (const image of namedImages(await readFile(containerfile, 'utf8'), buildArgs)) {
    const where = `${containerfile}:${image.line}:1`;
    const base = builderAs(image, builder) ?? (await ready(engine, owner, { ...request, image, where }));
    // The builder under its own name is in every build's store anyway.
    if (base.store !== builder.store || base.written !== builder.name) bases.push(base);
  }
  return bases;
}

/** The builder, called by its name with or without the tag, or by its digest. */
function builderAs({ reference, bare }: NamedImage, builder: ReadyBuilder): ReadyBase | null {
  const { repository, tag, digest } = parseReference(reference);
  const own = parseReference(builder.name);
  if (repository !== own.repository) return null;
  const same = digest === null ? (tag ?? 'latest') === (own.tag ?? 'latest') : digest === builder.digest;
  // Without a digest buildah finds it by itself.
  const written = digest === null ? builder.name : reference;
  return same ? { written, name: builder.name, digest: builder.digest, store: builder.store, bare } : null;
}

async function ready(
  engine: Engine,
  owner: Owner,
  { subject, builder, onStep, image, where }: Request & { image: NamedImage; where: string },
): Promise<ReadyBase> {
  const { reference, bare } = image;
  const { digest } = parseReference(reference);
  const resolves = subject.recipe.kind === 'containerfile' && subject.recipe.resolve === true;
  if (digest === null && !resolves) {
    throw new TwinproofError('builder-unresolved', `${reference} is a floating tag`, {
      where,
      hint: 'name the image by digest (name@sha256:…), or set `resolve: true` in the recipe to resolve the tag now and record it',
    });
  }
  onStep(`getting ${reference}`);
  const found = await findOrPull(engine, reference, where);
  if (found.architecture !== subject.platform.architecture)
    throw new TwinproofError('builder-unresolved', `${reference} is for ${found.architecture}`, { where });
  const name = storeName(reference);
  const known = { image: found.id, names: [name], tool: builder.image, nested: isNested(subject) };
  onStep(`putting ${reference} into a read-only store`);
  const store = await withLock('builder', owner, () =>
    ensureStore(engine, owner, { ...known, digest: sha256(`${found.digest} ${name}`) }),
  );
  return { written: reference, name, digest: digest ?? found.digest, store, bare };
}
