import type { ClaimPath, Ecosystem, Files, PackageNames, Read } from '../ecosystem.ts';
import { database } from '../files.ts';
import { anyOf } from '../places.ts';
import type { InstalledPackage, PackageDatabase } from '../types.ts';
import { eachHeader, filesOf, RPM_DATABASE, rpmDatabases } from './backends.ts';
import { BESIDE_MANIFEST, MANIFEST, parseManifest } from './manifest.ts';
import { inRpm } from './places.ts';
import { installedPackage } from './rpm-database.ts';
import { readRpmFile } from './rpm-file.ts';
import { parseRpmHeader, rpmFiles, rpmVersion } from './rpm-header.ts';
import { compareRpmVersions } from './rpm-version.ts';

function packages(files: Files): PackageDatabase[] {
  const databases = rpmDatabases(files.keys());
  if (databases.length === 0)
    return [...files].flatMap(([path, bytes]) =>
      MANIFEST.test(path) ? [database('rpm', [path], parseManifest(bytes, path))] : [],
    );
  return databases.map((path) => {
    const found: InstalledPackage[] = [];
    const read: Read = (name) => files.get(name) ?? null;
    eachHeader(path, read, (blob) => found.push(...installedPackage(blob, path)));
    return database(
      'rpm',
      filesOf(path, (name) => files.has(name)),
      found,
    );
  });
}

function readOwners(paths: readonly string[], read: Read, claim: ClaimPath): void {
  const known = new Set(paths);
  const existing: Read = (path) => (known.has(path) ? read(path) : null);
  for (const path of rpmDatabases(paths)) {
    eachHeader(path, existing, (blob) => {
      const header = parseRpmHeader(blob);
      if (typeof header === 'string') return;
      const owner = { name: header.name, version: rpmVersion(header) };
      for (const file of rpmFiles(blob)) claim(file, owner);
    });
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
    '`rpmdb.sqlite` with its log, `Packages.db` (ndb) or `Packages` (Berkeley DB) of `/var/lib/rpm`, `/usr/lib/sysimage/rpm`, `/usr/share/rpm`',
  belongs: anyOf(inRpm(''), BESIDE_MANIFEST),
  read: { paths: anyOf(RPM_DATABASE, MANIFEST), packages },
  owners: { paths: RPM_DATABASE, readers: [readOwners] },
  withoutFiles: (paths, installed) => (rpmDatabases(paths).length === 0 ? [...installed] : []),
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
