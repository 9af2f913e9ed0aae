import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';
import { parseUnitFile } from './unit-file.ts';

/** ostree.repo-config(5), "/etc/ostree/remotes.d". */
const REMOTES = /^(?:usr\/)?etc\/ostree\/remotes\.d\/[^/]+\.conf$/;
/** What goes into scripts; ostree allows these letters, too. */
const NAME = /^[\w.-]{1,60}$/;
/** What makes it another server, or other signatures, than are made and served here. */
const NOT_FOLLOWED = ['metalink', 'contenturl', 'sign-verify', 'collection-id'];

/** Where an image's releases come from. */
export interface OstreeRemote {
  name: string;
  /** Its releases must be signed by GnuPG: ostree's default. */
  verifies: boolean;
}

/** The only remote that an image has; null where there is none, or more, or one that cannot be stood in for. */
export async function ostreeRemote(image: OciImage): Promise<OstreeRemote | null> {
  const files = await readFiles(image, (path) => REMOTES.test(path));
  return remoteIn([...files.values()].map((bytes) => Buffer.from(bytes).toString('utf8')));
}

/** @param texts of its files */
export function remoteIn(texts: readonly string[]): OstreeRemote | null {
  const [found, ...others] = texts.flatMap((text) =>
    [...parseUnitFile(text)].flatMap(([section, keys]) => {
      const [, name] = /^remote "([^"]*)"$/.exec(section) ?? [];
      return name === undefined ? [] : [{ name, keys }];
    }),
  );
  if (found === undefined || others.length > 0 || !NAME.test(found.name)) return null;
  const value = (key: string): string => found.keys.get(key)?.at(-1) ?? '';
  if (!/^https?:\/\//.test(value('url')) || NOT_FOLLOWED.some((key) => value(key) !== '')) return null;
  return { name: found.name, verifies: !/^(?:false|0)$/.test(value('gpg-verify')) };
}
