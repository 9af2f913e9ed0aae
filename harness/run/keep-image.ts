import { cp, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TwinBuild } from '../rebuild/types.ts';
import { layoutFolder } from '../rebuild/twin.ts';
import { storageError } from '../engine/storage.ts';
import { openImage } from '../oci/open.ts';

/**
 * Copies what a build of this process left out of its scratch folder, which goes.
 * @param scratch of the subject
 * @param target a folder that is not there yet
 * @returns digests of manifest and config; null when there is no image
 */
export async function keepImage(
  { twin, outcome }: TwinBuild,
  scratch: string,
  target: string,
): Promise<{ manifest: string; config: string } | null> {
  if (!outcome.built) return null;
  await mkdir(dirname(target), { recursive: true }).catch((cause: unknown) => {
    throw storageError(`could not make ${dirname(target)}`, cause);
  });
  const options = { recursive: true, errorOnExist: true, force: false };
  await cp(layoutFolder(scratch, twin), target, options).catch((cause: unknown) => {
    throw storageError(`could not write ${target}`, cause);
  });
  const image = await openImage(`oci:${target}`);
  try {
    return { manifest: image.manifest.digest, config: image.config.digest };
  } finally {
    await image.close();
  }
}
