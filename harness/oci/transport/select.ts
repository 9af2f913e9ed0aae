import type { Platform } from '../../catalog/types.ts';
import { imageInvalid } from '../fault.ts';
import { hasDefaultVariant, hostPlatform, matchesPlatform, platformText } from '../platform.ts';
import type { Descriptor } from '../types.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
/** In archives of containerd and Docker 25 or later: the name with its repository. */
const IMAGE_NAME = 'io.containerd.image.name';

/** The tag of an image in a layout. */
export function refName({ annotations }: Descriptor): string | undefined {
  return annotations?.[REF_NAME];
}

/** `@3` stands for the fourth, as skopeo has it; null when it is no such number. */
export function pickedNumber(tag: string): number | null {
  const digits = /^@(\d{1,6})$/.exec(tag)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * Manifests of `index.json` with a tag, or the one at `@number`; without either, all whose name is `ordinary`.
 * @throws TwinproofError image-invalid
 */
export function withTag(
  descriptors: Descriptor[],
  tag: string | null,
  where: string,
  ordinary: (name: string) => boolean = () => true,
): Descriptor[] {
  if (tag === null) {
    const some = descriptors.filter((one) => ordinary(refName(one) ?? ''));
    return some.length === 0 ? descriptors : some;
  }
  const number = pickedNumber(tag);
  const named =
    number === null
      ? descriptors.filter((one) => refName(one) === tag || one.annotations?.[IMAGE_NAME] === tag)
      : descriptors.slice(number, number + 1);
  if (named.length > 0) return named;
  const tags = descriptors.flatMap((one) => refName(one) ?? []);
  throw imageInvalid(
    number === null ? `has no image tagged "${tag}"` : `has ${descriptors.length} images, none at "${tag}"`,
    where,
    tags.length === 0 ? 'it has no tags' : `it has ${listed(tags)}`,
  );
}

function listed(names: string[]): string {
  const shown = [...new Set(names)].slice(0, 10).join(', ');
  return names.length > 10 ? `${shown}, …` : shown;
}

/** Archives of Docker and podman; names on Docker Hub are written with and without its host. */
const HUB = /^(?:docker\.io\/(?:library\/)?|localhost\/)/;

/** `name` stands for `name:latest`. */
export function tagFits(name: string, tag: string): boolean {
  const short = (text: string): string => text.replace(HUB, '');
  return [tag, `${tag}:latest`].some((one) => name === one || short(name) === short(one));
}

/** All the same manifest, then it does not matter which. */
function theOnly(descriptors: readonly Descriptor[]): Descriptor | undefined {
  const [first, ...others] = descriptors;
  return others.every(({ digest }) => digest === first?.digest) ? first : undefined;
}

/**
 * One image out of an index: the one for `platform`, or the only one, or the one for this machine. A platform without
 * a variant takes any variant when there is only one, else the default one (arm/v7, arm64/v8).
 * @throws TwinproofError image-invalid when none or several fit, saying what there is
 */
export function selectManifest(
  candidates: Descriptor[],
  platform: Platform | undefined,
  where: string,
): Descriptor {
  const [only, ...others] = candidates;
  if (only === undefined) throw imageInvalid('holds no image', where);
  // A manifest without a platform is checked against its config later.
  if (others.length === 0 && (platform === undefined || only.platform === undefined)) return only;
  const wanted = platform ?? hostPlatform();
  const fitting = candidates.filter(
    (one) => one.platform !== undefined && matchesPlatform(one.platform, wanted),
  );
  const usual = fitting.filter((one) => one.platform !== undefined && hasDefaultVariant(one.platform));
  const chosen = theOnly(fitting) ?? (wanted.variant === undefined ? theOnly(usual) : undefined);
  if (chosen !== undefined) return chosen;
  const several = fitting.length > 0;
  const offered = listed((several ? fitting : candidates).map((one) => describe(one, several)));
  throw imageInvalid(
    several ? `has several images for ${platformText(wanted)}` : `has no image for ${platformText(wanted)}`,
    where,
    `it has ${offered}; choose by --platform os/arch[/variant], or by tag`,
  );
}

function describe({ platform, annotations, digest }: Descriptor, withDigest: boolean): string {
  const name = annotations?.[REF_NAME];
  const short = digest.slice(0, 19);
  const text = platform === undefined ? short : platformText(platform) + (withDigest ? ` ${short}` : '');
  return name === undefined ? text : `${text} (${name})`;
}
