import { join } from 'node:path';
import type { OciImage } from '../../oci/types.ts';
import { imageVersion, ofVersion, osReleaseOf, versionBefore } from './image-version.ts';
import { withLayer } from './synthetic-update.ts';

const DAY = 86_400_000;

/**
 * A release of a day before an image, made from it by one more layer: `created` in its config, which becomes the time of
 * an ostree commit, is older, and so is IMAGE_VERSION in its os-release(5), where it has one.
 * @param folder for the layer's bytes, until the image is no longer read
 * @returns null when the image does not say when it was made, or so early that nothing is older
 */
export async function makeOlderRelease(image: OciImage, folder: string): Promise<OciImage | null> {
  const created = dayBefore(image.config.json.created);
  if (created === null) return null;
  return withLayer(image, olderFiles(await osReleaseOf(image)), join(folder, 'older.tar'), { created });
}

function dayBefore(created: unknown): string | null {
  const time = typeof created === 'string' ? Date.parse(created) : NaN;
  return time > DAY ? new Date(time - DAY).toISOString() : null;
}

/** Content by path. */
export const olderFiles = (osRelease = ''): Map<string, string> =>
  new Map([
    ['usr/share/older-release', 'added by an older release\n'],
    ...ofVersion(osRelease, versionBefore(imageVersion(osRelease) ?? '')),
  ]);
