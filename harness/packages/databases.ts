import type { Files } from './ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from './registry.ts';
import type { PackageDatabase } from './types.ts';

/** Whether `parsePackageDatabases` wants the file at this path, which has no leading slash. */
export function isPackageDatabasePath(path: string, ecosystems: Ecosystems = ECOSYSTEMS): boolean {
  for (const { read } of ecosystems) if (read.paths.test(path)) return true;
  return false;
}

/**
 * What an image says is installed. Paths that are no database are ignored. An empty list means that the image has no
 * database, not that it has none of the packages. Keys that rpm trusts (`gpg-pubkey`) are no packages and left out.
 * @param files content by path in the image, without a leading slash; symbolic links are not followed
 * @returns one for all of dpkg, one for each rpm and apk database, sorted by format and path
 * @throws TwinproofError `image-invalid` for a damaged database, `unsupported` for rpm's older formats
 */
export function parsePackageDatabases(files: Files, ecosystems: Ecosystems = ECOSYSTEMS): PackageDatabase[] {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return ecosystems.ids.toSorted().flatMap((id) => {
    const { read } = ecosystems.get(id);
    const own = new Map(sorted.filter(([path]) => read.paths.test(path)));
    return own.size === 0 ? [] : read.packages(own);
  });
}
