import { TwinproofError } from '../errors.ts';
import { parseDpkgStatus, STATUS_FILE } from './dpkg-status.ts';
import { parseApkInstalled } from './apk-installed.ts';
import { inDatabase } from './places.ts';
import { eachRpmHeader } from './rpm-database.ts';
import { parseRpmHeader, rpmFiles, rpmVersion } from './rpm-header.ts';
import type { InstalledPackage, PackageDatabase, PackageOwner } from './types.ts';

const PATHS = {
  status: inDatabase('dpkg', 'status$'),
  list: inDatabase('dpkg', 'info/[^/]+\\.list$'),
  // Images without dpkg: one stanza and one list of checksums a package.
  stanza: STATUS_FILE,
  sums: inDatabase('dpkg', 'status\\.d/[^/]+\\.md5sums$'),
  apk: inDatabase('apk', 'installed$'),
  rpm: inDatabase('rpm', 'rpmdb\\.sqlite$'),
  wal: inDatabase('rpm', 'rpmdb\\.sqlite-wal$'),
};

/** Whether `findOwners` reads the file at this path, which has no leading slash. */
export function isOwnershipPath(path: string): boolean {
  // Few of the many paths of an image need a closer look.
  if (!/(?:^|\/)(?:dpkg|apk|rpm)\//.test(path)) return false;
  return Object.values(PATHS).some((pattern) => pattern.test(path));
}

/** Directories that have moved into `usr/`, while databases still name the old ones. */
const MERGED = /^(s?bin|lib(32|64|x32)?)\//;

/** Gathers who claims what; a path that two packages claim belongs to neither for certain. */
class Claims {
  readonly owners = new Map<string, PackageOwner | null>();
  readonly #wanted: ReadonlySet<string>;

  constructor(wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  add(path: string, owner: PackageOwner): void {
    this.#claim(path, owner);
    if (MERGED.test(path)) this.#claim(`usr/${path}`, owner);
  }

  #claim(path: string, owner: PackageOwner): void {
    if (!this.#wanted.has(path)) return;
    const known = this.owners.get(path);
    const same = known === undefined || (known?.name === owner.name && known.version === owner.version);
    this.owners.set(path, same ? owner : null);
  }
}

type Read = (path: string) => Uint8Array | null;

function lines(bytes: Uint8Array | null): string[] {
  return bytes === null ? [] : Buffer.from(bytes).toString('latin1').split('\n');
}

/** dpkg(1): `info/NAME.list` or `info/NAME:ARCHITECTURE.list` has one absolute path a line. */
function addDpkg(paths: readonly string[], read: Read, claims: Claims): void {
  const versions = new Map<string, string>();
  for (const path of paths.filter((name) => PATHS.status.test(name))) {
    for (const { name, architecture, version } of parseDpkgStatus(read(path) ?? new Uint8Array(), path)) {
      versions.set(name, version);
      versions.set(`${name}:${architecture}`, version);
    }
  }
  for (const path of paths.filter((name) => PATHS.list.test(name))) {
    const full = path.slice(path.lastIndexOf('/') + 1, -'.list'.length);
    const version = versions.get(full);
    if (version === undefined) continue;
    const owner: PackageOwner = { name: full.replace(/:.*/, ''), version, format: 'dpkg' };
    for (const line of lines(read(path))) claims.add(line.replace(/^\//, ''), owner);
  }
}

/** `status.d/NAME` with `status.d/NAME.md5sums`: checksum, two spaces, path without the leading slash. */
function addStatusFolder(paths: readonly string[], read: Read, claims: Claims): void {
  const known = new Set(paths);
  for (const path of paths.filter((name) => PATHS.stanza.test(name) && known.has(`${name}.md5sums`))) {
    for (const { name, version } of parseDpkgStatus(read(path) ?? new Uint8Array(), path)) {
      for (const line of lines(read(`${path}.md5sums`))) {
        claims.add(line.replace(/^[0-9a-f]{32} [ *]/, '').replace(/^\.?\//, ''), {
          name,
          version,
          format: 'dpkg',
        });
      }
    }
  }
}

/** apk's database: stanzas with P: name and V: version, then F: folder and R: file in it. */
function addApk(paths: readonly string[], read: Read, claims: Claims): void {
  for (const path of paths.filter((name) => PATHS.apk.test(name))) {
    const bytes = read(path) ?? new Uint8Array();
    // Only what the strict reader accepts is taken at its word.
    parseApkInstalled(bytes, path);
    let owner: PackageOwner = { name: '', version: '', format: 'apk' };
    let folder = '';
    for (const line of lines(bytes)) {
      const value = line.slice(2);
      if (line === '') owner = { name: '', version: '', format: 'apk' };
      else if (line.startsWith('P:')) owner = { ...owner, name: value };
      else if (line.startsWith('V:')) owner = { ...owner, version: value };
      else if (line.startsWith('F:')) folder = value;
      else if (line.startsWith('R:')) claims.add(folder === '' ? value : `${folder}/${value}`, owner);
    }
  }
}

function addRpm(paths: readonly string[], read: Read, claims: Claims): void {
  for (const path of paths.filter((name) => PATHS.rpm.test(name))) {
    const wal = paths.includes(`${path}-wal`) ? read(`${path}-wal`) : null;
    eachRpmHeader(read(path) ?? new Uint8Array(), wal, path, (blob) => {
      const header = parseRpmHeader(blob);
      if (typeof header === 'string') return;
      const owner: PackageOwner = { name: header.name, version: rpmVersion(header), format: 'rpm' };
      for (const file of rpmFiles(blob)) claims.add(file, owner);
    });
  }
}

/**
 * Packages of dpkg whose files no list names: of them nobody knows what is theirs. rpm and apk keep files in the database.
 * @param paths of all files of the database
 */
export function packagesWithoutList(
  paths: readonly string[],
  databases: readonly PackageDatabase[],
): InstalledPackage[] {
  const listed = new Set(
    paths
      .filter((path) => PATHS.list.test(path) || PATHS.sums.test(path))
      .map((path) => path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:list|md5sums)$/, '')),
  );
  return databases
    .filter(({ format }) => format === 'dpkg')
    .flatMap(({ packages }) => packages)
    .filter(({ name, architecture }) => !listed.has(name) && !listed.has(`${name}:${architecture}`));
}

const READERS = [addDpkg, addStatusFolder, addApk, addRpm];

/**
 * Who claims the wanted paths, for those that count files: null where more than one package does.
 * @param paths of the files that `isOwnershipPath` names
 * @param wanted paths without a leading slash, as binary strings
 * @throws TwinproofError `image-invalid` for a damaged database
 */
export function claimedPaths(
  paths: readonly string[],
  read: Read,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, PackageOwner | null> {
  const claims = new Claims(wanted);
  for (const add of READERS) add(paths.toSorted(), read, claims);
  return claims.owners;
}

/**
 * Which packages own the wanted paths. A damaged database owns nothing: who owns a path is a remark beside the
 * comparison and must not end it.
 * @param paths of the files that `isOwnershipPath` names
 * @param wanted paths without a leading slash, as binary strings; directories belong to many and are better left out
 */
export function findOwners(
  paths: readonly string[],
  read: Read,
  wanted: ReadonlySet<string>,
): Map<string, PackageOwner> {
  const claims = new Claims(wanted);
  const sorted = paths.toSorted();
  for (const add of READERS) {
    try {
      add(sorted, read, claims);
    } catch (error) {
      if (!(error instanceof TwinproofError)) throw error;
    }
  }
  return new Map([...claims.owners].flatMap(([path, owner]) => (owner === null ? [] : [[path, owner]])));
}
