import type { PackageFormat } from './types.ts';

/**
 * Folders in which package managers keep their databases, as alternatives of a pattern. Beside the usual ones are those of
 * images whose `/var` belongs to the machine and not to the image: `usr/lib/sysimage` (rpm 4.16, and dpkg in images for
 * bootc), `usr/share/rpm` (rpm-ostree), `usr/share/dpkg/database` (Endless OS). Everything that looks for a database asks here.
 */
const FOLDERS: Record<PackageFormat, string> = {
  dpkg: '(?:var/lib|usr/lib/sysimage|usr/lib)/dpkg|usr/share/dpkg/database',
  apk: '(?:usr/)?lib/apk/db|usr/lib/sysimage/apk/db',
  rpm: 'var/lib/rpm|usr/lib/sysimage/rpm|usr/share/rpm',
};

/**
 * A pattern for what is in the database of a format.
 * @param rest pattern of the path below its folder
 * @param root pattern of what may be before it; by itself nothing, as in an image's paths without a leading slash
 */
export const inDatabase = (format: PackageFormat, rest: string, root = '^'): RegExp =>
  new RegExp(`${root}(?:${FOLDERS[format]})/${rest}`);

/** `usr/lib/dpkg` has programs of dpkg's, too. */
const WHOLE = [
  inDatabase('dpkg', '(?:status|available|info/|updates/)'),
  inDatabase('apk', ''),
  inDatabase('rpm', ''),
];

/** Whether a path belongs to any database, read or not, whole or not. @param path without a leading slash */
export const belongsToDatabase = (path: string): boolean => WHOLE.some((pattern) => pattern.test(path));
