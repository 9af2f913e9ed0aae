import { TwinproofError } from '../../errors.ts';
import type { ClaimPath, Ecosystem, Files, PackageNames, Read } from '../ecosystem.ts';
import { database } from '../files.ts';
import { anyOf } from '../places.ts';
import type { PackageDatabase } from '../types.ts';
import { inRpm } from './places.ts';
import { eachRpmHeader, parseRpmDatabase } from './rpm-database.ts';
import { readRpmFile } from './rpm-file.ts';
import { parseRpmHeader, rpmFiles, rpmVersion } from './rpm-header.ts';
import { compareRpmVersions } from './rpm-version.ts';

const SQLITE = inRpm('rpmdb\\.sqlite$');
const WAL = inRpm('rpmdb\\.sqlite-wal$');
/** Berkeley DB and ndb: noticed, so that an image with one does not look like one without packages. */
const OLD = inRpm('Packages(?:\\.db)?$');

/** Each database in SQLite with its write-ahead log. @throws TwinproofError `unsupported` for the older formats */
function packages(files: Files): PackageDatabase[] {
  const found = [...files.keys()].filter((path) => SQLITE.test(path));
  const old = [...files.keys()].find((path) => OLD.test(path));
  if (old !== undefined && found.length === 0) {
    throw new TwinproofError('unsupported', 'an rpm database that is not in SQLite', {
      where: old,
      hint: 'rebuild the database with `rpmdb --rebuilddb` of rpm 4.16 or later',
    });
  }
  return found.map((path) => {
    const wal = files.get(`${path}-wal`) ?? null;
    const read = wal === null ? [path] : [path, `${path}-wal`];
    return database('rpm', read, parseRpmDatabase(files.get(path) ?? new Uint8Array(), wal, path));
  });
}

function readOwners(paths: readonly string[], read: Read, claim: ClaimPath): void {
  for (const path of paths.filter((name) => SQLITE.test(name))) {
    const wal = paths.includes(`${path}-wal`) ? read(`${path}-wal`) : null;
    eachRpmHeader(read(path) ?? new Uint8Array(), wal, path, (blob) => {
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
    '`rpmdb.sqlite` with its write-ahead log, of `/var/lib/rpm`, `/usr/lib/sysimage/rpm`, `/usr/share/rpm`',
  belongs: inRpm(''),
  read: { paths: anyOf(SQLITE, WAL, OLD), packages },
  owners: { paths: anyOf(SQLITE, WAL), readers: [readOwners] },
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
