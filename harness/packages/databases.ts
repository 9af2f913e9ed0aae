import { TwinproofError } from '../errors.ts';
import { parseApkInstalled } from './apk-installed.ts';
import { parseDpkgStatus, STATUS_FILE } from './dpkg-status.ts';
import { inDatabase } from './places.ts';
import { parseRpmDatabase } from './rpm-database.ts';
import type { InstalledPackage, PackageDatabase, PackageFormat } from './types.ts';
import { compareText } from '../model/text-order.ts';

/** Paths of the databases, without a leading slash. */
const PATHS: Record<PackageFormat | 'wal' | 'oldRpm', RegExp> = {
  dpkg: new RegExp(`${inDatabase('dpkg', 'status$').source}|${STATUS_FILE.source}`),
  apk: inDatabase('apk', 'installed$'),
  rpm: inDatabase('rpm', 'rpmdb\\.sqlite$'),
  wal: inDatabase('rpm', 'rpmdb\\.sqlite-wal$'),
  // Berkeley DB and ndb: noticed, so that an image with one does not look like one without packages.
  oldRpm: inDatabase('rpm', 'Packages(?:\\.db)?$'),
};

/** Whether `parsePackageDatabases` wants the file at this path, which has no leading slash. */
export function isPackageDatabasePath(path: string): boolean {
  return Object.values(PATHS).some((pattern) => pattern.test(path));
}

/**
 * What an image says is installed: dpkg status and `status.d`, apk, rpm in SQLite with its write-ahead log.
 * Paths that are no database are ignored. An empty list means that the image has no database, not that it has none of
 * the packages. Keys that rpm trusts (`gpg-pubkey`) are no packages and left out.
 * @param files content by path in the image, without a leading slash; symbolic links are not followed
 * @returns one for all of dpkg, one for each rpm and apk database, sorted by format and path
 * @throws TwinproofError `image-invalid` for a damaged database, `unsupported` for rpm's older formats
 */
export function parsePackageDatabases(files: ReadonlyMap<string, Uint8Array>): PackageDatabase[] {
  const paths = [...files.keys()].toSorted();
  const of = (kind: keyof typeof PATHS): string[] => paths.filter((path) => PATHS[kind].test(path));
  const content = (path: string): Uint8Array => files.get(path) ?? new Uint8Array();
  const [old] = of('oldRpm');
  if (old !== undefined && of('rpm').length === 0) {
    throw new TwinproofError('unsupported', 'an rpm database that is not in SQLite', {
      where: old,
      hint: 'rebuild the database with `rpmdb --rebuilddb` of rpm 4.16 or later',
    });
  }
  const databases: PackageDatabase[] = [];
  for (const path of of('apk'))
    databases.push(database('apk', [path], parseApkInstalled(content(path), path)));
  const dpkg = of('dpkg');
  if (dpkg.length > 0) {
    databases.push(
      database(
        'dpkg',
        dpkg,
        dpkg.flatMap((path) => parseDpkgStatus(content(path), path)),
      ),
    );
  }
  for (const path of of('rpm')) {
    const wal = files.get(`${path}-wal`) ?? null;
    const read = wal === null ? [path] : [path, `${path}-wal`];
    databases.push(database('rpm', read, parseRpmDatabase(content(path), wal, path)));
  }
  return databases;
}

function database(format: PackageFormat, paths: string[], packages: InstalledPackage[]): PackageDatabase {
  return { format, paths, packages: packages.toSorted(comparePackages) };
}

/** By text, not by the order of versions: it only has to be the same every time. */
function comparePackages(a: InstalledPackage, b: InstalledPackage): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture, b.architecture)
  );
}
