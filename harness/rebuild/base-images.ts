import { readFile, stat } from 'node:fs/promises';
import type { Subject } from '../catalog/types.ts';
import { type Build, type NamedImage, namedImages } from '../containerfile/images.ts';
import { pinFor } from '../catalog/image-pins.ts';
import { TwinproofError } from '../errors.ts';
import { withLock } from '../engine/lock.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/port.ts';
import { findOrPull } from './find-or-pull.ts';
import { parseReference, storeName } from '../catalog/image-reference.ts';
import { isNested } from './nested.ts';
import { ensureStore } from './store.ts';
import type { ReadyBase, ReadyBuilder } from './types.ts';
import { type Platform, hostPlatform, platformText } from '../model/platform.ts';
import { sha256 } from '../model/digest.ts';

interface Request {
  subject: Subject;
  builder: ReadyBuilder;
  onStep: (step: string) => void;
}

const MAX_CONTAINERFILE = 1024 ** 2;

/**
 * Makes every image ready that a Containerfile takes from outside and that is not the builder: found in the engine or
 * pulled, and put into a read-only store, since the build itself has no network.
 * @throws TwinproofError with the line of the Containerfile: `builder-unresolved` for a floating tag that the recipe does
 *   not say to resolve, or an image that cannot be got; `unsupported` for one that is for another architecture
 */
export async function readyBases(engine: Engine, owner: Owner, request: Request): Promise<ReadyBase[]> {
  const { subject, builder } = request;
  if (subject.recipe.kind !== 'containerfile') return [];
  const { containerfile } = subject.recipe;
  const bases: ReadyBase[] = [];
  for (const image of namedImages(await readContainerfile(containerfile), buildOf(subject, subject.recipe))) {
    const where = `${containerfile}:${image.line}:1`;
    const own = builderAs(image, builder);
    if (own !== null) refuseOther(subject, { what: 'the builder', where }, builder.architecture);
    const base = own ?? (await ready(engine, owner, { ...request, image, where }));
    // The builder under its own name is in every build's store anyway.
    if (base.store !== builder.store || base.written !== builder.name) bases.push(base);
  }
  return bases;
}

/** @throws TwinproofError `build-failed` for one that is no recipe by its size */
export async function readContainerfile(path: string): Promise<string> {
  if ((await stat(path)).size <= MAX_CONTAINERFILE) return readFile(path, 'utf8');
  throw new TwinproofError('build-failed', `larger than ${MAX_CONTAINERFILE} bytes`, { where: path });
}

/** How the Containerfile of a subject is built, as far as its text is read by it. */
export function buildOf(
  { platform }: Pick<Subject, 'platform'>,
  recipe: Extract<Subject['recipe'], { kind: 'containerfile' }>,
): Build {
  const { buildArgs, target } = recipe;
  return {
    buildArgs,
    platform: platformText(platform),
    buildPlatform: platformText(hostPlatform()),
    ...(target === undefined ? {} : { target }),
  };
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

/** Nothing is emulated: an image is built from images for its own platform. */
function refuseOther(
  { platform }: Pick<Subject, 'platform'>,
  { what, where }: { what: string; where: string },
  architecture: string,
): void {
  if (architecture === platform.architecture) return;
  throw new TwinproofError('unsupported', foreign(what, architecture, platform), {
    where,
    hint: `build for ${platform.os}/${platform.architecture} on a machine of that kind, or leave the platform out`,
  });
}

const foreign = (what: string, architecture: string, platform: Platform): string =>
  `${what} is for ${platform.os}/${architecture}, and the image for ${platformText(platform)}`;

async function ready(
  engine: Engine,
  owner: Owner,
  { subject, builder, onStep, image, where }: Request & { image: NamedImage; where: string },
): Promise<ReadyBase> {
  const { reference, bare, unknown } = image;
  if (unknown.length > 0) {
    throw new TwinproofError(
      'builder-unresolved',
      `nothing gives ${unknown.join(', ')} in ${reference} a value`,
      {
        where,
        hint: 'give the ARG a default, or set it in `buildArgs`',
      },
    );
  }
  const { recipe } = subject;
  const { pins = [], resolve = false } = recipe.kind === 'containerfile' ? recipe : {};
  const isFloating = parseReference(reference).digest === null;
  // One that is named by its digest may have been got before, and go by its ID.
  const pin = isFloating ? pinFor(pins, reference) : pins.find(({ name }) => name === reference);
  const taken = pin?.image ?? reference;
  const { digest } = parseReference(taken);
  if (digest === null && !resolve) {
    throw new TwinproofError('builder-unresolved', `${reference} is a floating tag`, {
      where,
      hint:
        `name the image by digest (name@sha256:…), here or with --builder ${reference}=…, or set \`resolve: true\` in ` +
        'the recipe or --resolve-builder to resolve the tag now and record it',
    });
  }
  onStep(`getting ${taken}`);
  const found = await findOrPull(engine, taken, where);
  const architecture = image.platform?.split('/')[1];
  const platform = architecture === undefined ? subject.platform : { ...subject.platform, architecture };
  refuseOther({ platform }, { what: reference, where }, found.architecture);
  const name = storeName(reference);
  const known = { image: found.id, names: [name], tool: builder.image, nested: isNested(subject) };
  onStep(`putting ${reference} into a read-only store`);
  const store = await withLock(
    'builder',
    owner,
    () => ensureStore(engine, owner, { ...known, digest: sha256(`${found.digest} ${name}`), onWait: onStep }),
    { onWait: onStep },
  );
  return { written: reference, name, digest: digest ?? found.digest, store, bare };
}
