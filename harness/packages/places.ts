/**
 * Makes patterns for what is in a database. Beside the usual folders are those of images whose `/var` belongs to the machine
 * and not to the image: `usr/lib/sysimage` (rpm 4.16, and dpkg in images for bootc), `usr/share/rpm` (rpm-ostree),
 * `usr/share/dpkg/database` (Endless OS).
 * @param folders as alternatives of a pattern
 * @returns given the pattern of the path below its folder, and of what may be before it; by itself nothing, as in an image's
 *   paths without a leading slash
 */
export const databaseIn =
  (folders: string) =>
  (rest: string, root = '^'): RegExp =>
    new RegExp(`${root}(?:${folders})/${rest}`);

export const anyOf = (...patterns: readonly RegExp[]): RegExp =>
  new RegExp(patterns.map(({ source }) => source).join('|'));
