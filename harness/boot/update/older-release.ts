import { join } from 'node:path';
import type { OciImage } from '../../oci/types.ts';
import type { Age } from '../families/types.ts';
import { OS_RELEASE, imageVersion, ofVersion, osReleaseOf, versionBefore } from './image-version.ts';
import { withLayer } from './synthetic-update.ts';

const DAY = 86_400_000;

/**
 * A release of a day before an image, made from it by one more layer: `created` in its config, which becomes the time of
 * an ostree commit, is older, and so is IMAGE_VERSION in its os-release(5), where it has one.
 * @param folder for the layer's bytes, until the image is no longer read
 * @param by what tells its updater which release is older
 * @returns null when the image does not say that, or nothing is before it
 */
export async function makeOlderRelease(
  image: OciImage,
  { folder, by }: { folder: string; by: Age },
): Promise<OciImage | null> {
  const created = dayBefore(image.config.json.created);
  const files = olderFiles(await osReleaseOf(image));
  if (created === null || (by === 'version' && !files.has(OS_RELEASE))) return null;
  return withLayer(image, files, join(folder, 'older.tar'), { created });
}

function dayBefore(created: unknown): string | null {
  const time = typeof created === 'string' ? Date.parse(created) : NaN;
  return time > DAY ? new Date(time - DAY).toISOString() : null;
}

/** Content by path. */
export function olderFiles(osRelease = ''): Map<string, string> {
  const version = versionBefore(imageVersion(osRelease) ?? '');
  return new Map([
    ['usr/share/older-release', 'added by an older release\n'],
    ...(version === null ? [] : ofVersion(osRelease, version)),
  ]);
}
