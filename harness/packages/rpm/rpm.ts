import { TwinproofError } from '../../errors.ts';
import type { ClaimPath, Ecosystem, Files, PackageNames, Read } from '../ecosystem.ts';
import { database } from '../files.ts';
import { anyOf } from '../places.ts';
import type { PackageDatabase } from '../types.ts';
import { berkeleyValues } from './berkeley-db.ts';
import { inRpm } from './places.ts';
import { eachRpmHeader, installedPackage, parseRpmDatabase } from './rpm-database.ts';
import { readRpmFile } from './rpm-file.ts';
import { parseRpmHeader, rpmFiles, rpmVersion } from './rpm-header.ts';
import { compareRpmVersions } from './rpm-version.ts';

const SQLITE = inRpm('rpmdb\\.sqlite$');
const WAL = inRpm('rpmdb\\.sqlite-wal$');
/** Berkeley DB, before rpm 4.16; an image that has SQLite as well was converted. */
const BERKELEY = inRpm('Packages$');
/** SUSE's: noticed, so that an image with one does not look like one without packages. */
const NDB = inRpm('Packages\\.db$');

/** Each database with its write-ahead log, where it has one. @throws TwinproofError `unsupported` for ndb */
function packages(files: Files): PackageDatabase[] {
  const paths = databasePaths([...files.keys()]);
  const ndb = [...files.keys()].find((path) => NDB.test(path));
  if (ndb !== undefined && paths.length === 0) {
    throw new TwinproofError('unsupported', 'an rpm database in the format ndb', {
      where: ndb,
      hint: 'rebuild the database with `rpmdb --rebuilddb --define "_db_backend sqlite"`',
    });
  }
  return paths.map((path) => {
    const bytes = files.get(path) ?? new Uint8Array();
    if (!SQLITE.test(path))
      return database(
        'rpm',
        [path],
        [...berkeleyValues(bytes, path)].flatMap((blob) => installedPackage(blob, path)),
      );
    const wal = files.get(`${path}-wal`) ?? null;
    const read = wal === null ? [path] : [path, `${path}-wal`];
    return database('rpm', read, parseRpmDatabase(bytes, wal, path));
  });
}

/** Those in SQLite; without any, those in Berkeley DB. */
function databasePaths(paths: readonly string[]): string[] {
  const found = paths.filter((path) => SQLITE.test(path));
  return found.length > 0 ? found : paths.filter((path) => BERKELEY.test(path));
}

function readOwners(paths: readonly string[], read: Read, claim: ClaimPath): void {
  const claimOf = (blob: Uint8Array): void => {
    const header = parseRpmHeader(blob);
    if (typeof header === 'string') return;
    const owner = { name: header.name, version: rpmVersion(header) };
    for (const file of rpmFiles(blob)) claim(file, owner);
  };
  for (const path of databasePaths(paths)) {
    const bytes = read(path) ?? new Uint8Array();
    const wal = paths.includes(`${path}-wal`) ? read(`${path}-wal`) : null;
    if (SQLITE.test(path)) eachRpmHeader(bytes, wal, path, claimOf);
    else for (const blob of berkeleyValues(bytes, path)) claimOf(blob);
  }
}

async function readNames(path: string): Promise<PackageNames | string> {
  const header = await readRpmFile(path);
  if (typeof header === 'string') return header;
  return { name: header.name, version: rpmVersion(header), architecture: header.arch };
}

/** Kernels of RPM systems that are made for something, as `kernel-rt-core` is, say so at the end. */
const withoutVariant = (release: string): string => release.replace(/\+\w+$/, '');

/** Fedora, Red Hat Enterprise Linux, SUSE and what derives from them. */
export const rpm: Ecosystem = {
  id: 'rpm',
  purlType: 'rpm',
  databases:
    '`rpmdb.sqlite` with its write-ahead log, or `Packages` (Berkeley DB), of `/var/lib/rpm`, `/usr/lib/sysimage/rpm`, `/usr/share/rpm`',
  belongs: inRpm(''),
  read: { paths: anyOf(SQLITE, WAL, BERKELEY, NDB), packages },
  owners: { paths: anyOf(SQLITE, WAL, BERKELEY), readers: [readOwners] },
  // Several kernels of one system have one name.
  kernel: ({ name, version, architecture }, { release }) =>
    /^kernel(?:(?:-[a-z0-9]+)?-core)?$/.test(name) &&
    withoutVariant(release) === `${version.replace(/^\d+:/, '')}.${architecture}`
      ? true
      : null,
  lock: {
    kind: 'rpm',
    stem: 'rpms',
    vendor: 'redhat',
    complete: false,
    oneVersion: false,
    sortBy: 'url',
    compareVersions: compareRpmVersions,
    architectureIn: (file) => /\.([A-Za-z0-9_]+)\.rpm$/.exec(file)?.[1] ?? null,
    readNames,
    resolvedIn: 'builder',
    hermeto: 'rpm',
  },
};
