import { imageIncomplete, imageInvalid } from '../fault.ts';
import type { Descriptor } from '../types.ts';
import {
  type Platform,
  hostPlatform,
  platformText,
  matchesPlatform,
  hasDefaultVariant,
} from '../../model/platform.ts';

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
      ? descriptors.filter((one) => refName(one) === tag || tagFits(one.annotations?.[IMAGE_NAME] ?? '', tag))
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

/** One manifest may stand there several times, under several names. */
export function distinct(descriptors: readonly Descriptor[]): Descriptor[] {
  const first = new Map<string, Descriptor>();
  for (const one of descriptors) if (!first.has(one.digest)) first.set(one.digest, one);
  return [...first.values()];
}

/** By name where that means one manifest, else by number. */
export function selectorIn(descriptors: readonly Descriptor[], wanted: Descriptor): string | null {
  const names = (one: Descriptor): string[] =>
    [one.annotations?.[IMAGE_NAME], refName(one)].filter((name) => name !== undefined);
  const same = descriptors.filter(({ digest }) => digest === wanted.digest);
  const means = (name: string): Descriptor[] => descriptors.filter((one) => names(one).includes(name));
  const name = same.flatMap(names).find((each) => distinct(means(each)).length === 1);
  const number = descriptors.findIndex(({ digest }) => digest === wanted.digest);
  return name === undefined ? (number < 0 ? null : `:@${number}`) : `:${name}`;
}

function theOnly(descriptors: readonly Descriptor[]): Descriptor | undefined {
  return descriptors.length === 1 ? descriptors[0] : undefined;
}

/**
 * One image out of an index: the one for `platform`, or the only one, or the one for this machine. A platform without
 * a variant takes any variant when there is only one, else the default one (arm/v7, arm64/v8).
 * @param selector what picks one of several behind the reference
 * @throws TwinproofError image-invalid when none or several fit, saying what there is
 */
export function selectManifest(
  all: Descriptor[],
  platform: Platform | undefined,
  where: string,
  selector: (one: Descriptor) => string | null = () => null,
): Descriptor {
  const candidates = distinct(all);
  const [only, ...others] = candidates;
  if (only === undefined) throw imageIncomplete('holds no image', where);
  // A manifest without a platform is checked against its config later.
  if (others.length === 0 && (platform === undefined || only.platform === undefined)) return only;
  const wanted = platform ?? hostPlatform();
  const fitting = candidates.filter(
    (one) => one.platform !== undefined && matchesPlatform(one.platform, wanted),
  );
  const usual = fitting.filter((one) => one.platform !== undefined && hasDefaultVariant(one.platform));
  const chosen = theOnly(fitting) ?? (wanted.variant === undefined ? theOnly(usual) : undefined);
  if (chosen !== undefined) return chosen;
  const offered = fitting.length > 0 ? fitting : candidates;
  const what = fitting.length > 0 ? 'several images' : 'no image';
  throw imageInvalid(`has ${what} for ${platformText(wanted)}`, where, choice(offered, selector));
}

/** What there is, and what picks it: the platform, where each has another one, else a name or number. */
function choice(offered: Descriptor[], selector: (one: Descriptor) => string | null): string {
  const platforms = offered.map(({ platform }) => (platform === undefined ? '' : platformText(platform)));
  if (!platforms.includes('') && new Set(platforms).size === platforms.length)
    return `it has ${listed(platforms)}; choose by --platform os/arch[/variant]`;
  const shown = offered.map((one, at) => {
    const platform = platforms[at] ?? '';
    const way = selector(one);
    return `${platform} ${one.digest.slice(0, 19)}${way === null ? '' : ` (${way})`}`.trim();
  });
  const ways = offered.flatMap((one) => selector(one) ?? []);
  return `it has ${listed(shown)}${ways.length === 0 ? '' : `; put ${ways.slice(0, 3).join(' or ')} behind the reference`}`;
}
