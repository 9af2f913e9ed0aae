import type { Platform } from '../../catalog/types.ts';
import { imageInvalid } from '../fault.ts';
import { hostPlatform, matchesPlatform, platformText } from '../platform.ts';
import type { Descriptor } from '../types.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';

/** Manifests that buildkit puts beside an image's: provenance and SBOM (buildkit docs, "Image Attestation Storage"). */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return (
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

/** Manifests of `index.json` with a tag; without one, all. @throws TwinproofError image-invalid */
export function withTag(descriptors: Descriptor[], tag: string | null, where: string): Descriptor[] {
  if (tag === null) return descriptors;
  const named = descriptors.filter(({ annotations }) => annotations?.[REF_NAME] === tag);
  if (named.length > 0) return named;
  const tags = descriptors.flatMap(({ annotations }) => annotations?.[REF_NAME] ?? []);
  throw imageInvalid(
    `has no image tagged "${tag}"`,
    where,
    tags.length === 0 ? 'it has no tags' : `it has ${listed(tags)}`,
  );
}

function listed(names: string[]): string {
  const shown = [...new Set(names)].slice(0, 10).join(', ');
  return names.length > 10 ? `${shown}, …` : shown;
}

/**
 * One image out of an index: the one for `platform`, or the only one, or the one for this machine.
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
  const [chosen, second] = fitting;
  if (chosen !== undefined && (second === undefined || second.digest === chosen.digest)) return chosen;
  const offered = listed(candidates.map(describe));
  throw imageInvalid(
    chosen === undefined
      ? `has no image for ${platformText(wanted)}`
      : `has several images for ${platformText(wanted)}`,
    where,
    `it has ${offered}; choose by --platform os/arch[/variant], or by tag`,
  );
}

function describe({ platform, annotations, digest }: Descriptor): string {
  const name = annotations?.[REF_NAME];
  const text = platform === undefined ? digest.slice(0, 19) : platformText(platform);
  return name === undefined ? text : `${text} (${name})`;
}
