import { join } from 'node:path';
import { connectEngine } from '../../engine/connect.ts';
import type { Owner } from '../../engine/owner.ts';
import { TwinproofError } from '../../errors.ts';
import { readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import type { OciImage } from '../../oci/types.ts';
import { makeUpdateDisk } from '../disk/make-disk.ts';
import { isBootc, operatingSystemOf } from '../disk/operating-system.ts';
import { makeLayoutsDisk } from '../disk/oci-layouts.ts';
import { slotsOf } from '../disk/slots.ts';
import type { Family } from '../families/types.ts';
import { type Digests, digestsOf } from '../update/digests.ts';
import type { Architecture } from '../machine/types.ts';
import { addedArguments } from './boot-method.ts';
import { namesOf } from './under-test.ts';

/** The next release of a system that is on a disk already. */
export interface GivenRelease {
  image: OciImage;
  /** Of its files. */
  digests: Digests;
  /** Families whose tools find it on the disk that it is on. */
  family: Family['id'];
  /** A disk that holds it. */
  disk: string;
}

/** Its name on the update disk. */
const NAME = 'image';

/**
 * Puts a release on a disk in the form that the tools of its own family take: which that is, it says itself.
 * @param folder belongs to the user that confined programs run as
 * @throws TwinproofError `unsupported` for what nothing updates to
 */
export async function makeGivenRelease(
  owner: Owner,
  image: OciImage,
  { folder, slowness, architecture }: { folder: string; slowness: number; architecture: Architecture },
): Promise<GivenRelease> {
  const { architecture: own } = image.config.json;
  if (own !== architecture)
    throw new TwinproofError('unsupported', `the disk is for ${architecture}, its next release is not`);
  const tree = await readTree(image, { limits: DEFAULT_LIMITS });
  const digests = digestsOf(tree);
  const releases = new Map([[NAME, image]]);
  if (isBootc(tree, image.config.json))
    return { image, digests, family: 'bootc', disk: await makeLayoutsDisk(releases, folder) };
  const os = operatingSystemOf(tree, image.config.json);
  const slots = os.family === 'ab' ? await slotsOf(image, tree) : null;
  if (typeof slots === 'string') throw new TwinproofError('unsupported', slots);
  const disk = await makeUpdateDisk(await connectEngine(), owner, {
    ...{ os, image, releases, commandLine: addedArguments(slowness), folder: join(folder, 'release') },
    named: slots === null ? null : await namesOf(image, releases, slots),
  });
  return { image, digests, family: slots === null ? 'ostree' : 'sysupdate', disk };
}
