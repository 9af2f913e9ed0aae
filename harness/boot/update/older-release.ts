import { join } from 'node:path';
import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';
import { withLayer } from './synthetic-update.ts';

const OS_RELEASE = 'usr/lib/os-release';
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
  const found = (await readFiles(image, (path) => path === OS_RELEASE)).get(OS_RELEASE);
  const osRelease = found === undefined ? undefined : Buffer.from(found).toString('utf8');
  return withLayer(image, olderFiles(osRelease), join(folder, 'older.tar'), { created });
}

function dayBefore(created: unknown): string | null {
  const time = typeof created === 'string' ? Date.parse(created) : NaN;
  return time > DAY ? new Date(time - DAY).toISOString() : null;
}

/** Content by path. */
export function olderFiles(osRelease = ''): Map<string, string> {
  const older = osRelease.replace(/^IMAGE_VERSION=(["']?)([^"'\n]+)\1$/m, olderVersion);
  return new Map([
    ['usr/share/older-release', 'added by an older release\n'],
    ...(older === osRelease ? [] : [[OS_RELEASE, older] as const]),
  ]);
}

/** "~" sorts before everything, the end as well: UAPI.10, Version Format Specification. */
const olderVersion = (_line: string, _quote: string, version: string): string =>
  `IMAGE_VERSION="${version}~older"`;
