import type { MergedTree } from '../../oci/layers/tree.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Family } from '../families/types.ts';
import { type Badness, makeBadReleases } from './bad-releases.ts';
import { OLDER } from './downgrade.ts';
import { nextRelease } from './next-release.ts';
import { makeOlderRelease } from './older-release.ts';
import type { UpdatePlan } from './plan.ts';

/** What is wanted of an image that is to be updated. */
export interface WantedReleases {
  /** What it is to be updated to; `synthetic` is the image with one more layer. */
  update: OciImage | 'synthetic' | null;
  /** Releases that do not come up are wanted, too, where the family has use for them. */
  badUpdates: boolean;
  /** One that is older than the image is wanted, too. */
  olderRelease: boolean;
}

export interface Releases {
  update: { next: OciImage; plan: UpdatePlan } | null;
  bad: Map<Badness, OciImage>;
  /** Null also where nothing is older. */
  older: OciImage | null;
}

export const NO_RELEASES: Releases = { update: null, bad: new Map(), older: null };

interface From {
  image: OciImage;
  tree: MergedTree;
  kernel: string;
  family: Family;
  /** Scratch space, until no release is read any more. */
  folder: string;
}

/** Makes the releases that a system is offered. */
export async function makeReleases(
  { image, tree, kernel, family, folder }: From,
  { update, badUpdates, olderRelease }: WantedReleases,
): Promise<Releases> {
  const next = update === null ? null : await nextRelease({ image, tree, family, folder }, update);
  const newest = next?.next ?? image;
  return {
    update: next,
    bad:
      badUpdates && family.noFallBack === null
        ? await makeBadReleases(image, tree, { kernel, folder, newest })
        : new Map<Badness, OciImage>(),
    older:
      olderRelease && family.tools !== null
        ? await makeOlderRelease(image, { folder, by: family.tools.downgrade.by })
        : null,
  };
}

/** By the names that they have on the update disk, the next one first. */
export const byName = ({ update, bad, older }: Releases): Map<string, OciImage> =>
  new Map([
    ...(update === null ? [] : [['image', update.next] as const]),
    ...bad,
    ...(older === null ? [] : [[OLDER, older] as const]),
  ]);
