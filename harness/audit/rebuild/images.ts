import { parseReference } from '../../catalog/image-reference.ts';
import { type Build, namedImages } from '../../containerfile/images.ts';
import { parseRegistryName } from '../../oci/registry/name.ts';
import { isPinned } from '../read/facts.ts';
import type { Lack, NeededImage } from './types.ts';

/** A name as registries have it, without tag and digest; null for what is none. */
function repositoryOf(reference: string): string | null {
  try {
    const { registry, repository } = parseRegistryName(`//${parseReference(reference).repository}`);
    return `${registry}/${repository}`;
  } catch {
    return null;
  }
}

export interface ImagesAsked {
  /** Of the Containerfile. */
  text: string;
  build: Build;
  /** Base images as somebody vouches for them; empty where nobody does. */
  known: readonly string[];
}

/**
 * The images that a Containerfile names, each by a digest: its own, or that of the one base image of this name that
 * provenance or SBOM know.
 */
export function imagesOf({ text, build, known }: ImagesAsked): { images: NeededImage[]; lacks: Lack[] } {
  const images: NeededImage[] = [];
  const lacks: Lack[] = [];
  const lack = (code: Lack['code'], what: string): void => void lacks.push({ code, what });
  for (const { reference, line, unknown } of namedImages(text, build)) {
    const at = `line ${line} of the Containerfile`;
    if (unknown.length > 0) lack('recipe-incomplete', `${at}: nothing gives ${unknown.join(', ')} a value`);
    else if (isPinned(reference)) images.push({ reference: withoutTag(reference), written: reference });
    else {
      const own = repositoryOf(reference);
      const fitting = known.filter((one) => isPinned(one) && own !== null && repositoryOf(one) === own);
      const digests = new Set(fitting.map((one) => parseReference(one).digest));
      const [first] = fitting;
      if (first === undefined)
        lack('builder-unresolved', `${at}: no digest of ${reference} stands in provenance or SBOM`);
      else if (digests.size > 1)
        lack(
          'builder-unresolved',
          `${at}: ${digests.size} digests are known of ${reference}: ${[...digests].join(', ')}`,
        );
      else images.push({ reference: withoutTag(first), written: reference });
    }
  }
  return { images, lacks };
}

/** A digest says all; a registry takes either. */
export function withoutTag(reference: string): string {
  const { repository, digest } = parseReference(reference);
  return `${repository}@${digest ?? ''}`;
}
