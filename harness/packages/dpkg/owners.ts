import type { ClaimPath, Read } from '../ecosystem.ts';
import { lines } from '../files.ts';
import { anyOf } from '../places.ts';
import type { InstalledPackage } from '../types.ts';
import { readDiversions } from './diversions.ts';
import { parseDpkgStatus, STATUS_FILE } from './dpkg-status.ts';
import { inDpkg } from './places.ts';

const STATUS = inDpkg('status$');
const LIST = inDpkg('info/[^/]+\\.list$');
const DIVERSIONS = inDpkg('diversions$');
/** Images without dpkg: one stanza and one list of checksums a package; configuration is in no such list, but in one of its own. */
const SUMS = inDpkg('status\\.d/[^/]+\\.md5sums$');
const CONFFILES = inDpkg('status\\.d/[^/]+\\.conffiles$');

export const OWNERSHIP = anyOf(STATUS, LIST, DIVERSIONS, STATUS_FILE, SUMS, CONFFILES);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** dpkg(1): `info/NAME.list` or `info/NAME:ARCHITECTURE.list` has one absolute path a line. */
export function readLists(paths: readonly string[], read: Read, claim: ClaimPath): void {
  const versions = new Map<string, string>();
  for (const path of paths.filter((name) => STATUS.test(name))) {
    for (const { name, architecture, version } of parseDpkgStatus(read(path) ?? new Uint8Array(), path)) {
      versions.set(name, version);
      versions.set(`${name}:${architecture}`, version);
    }
  }
  const diverted = new Map(
    paths
      .filter((name) => DIVERSIONS.test(name))
      .map((path) => [folderOf(path), readDiversions(read(path), path)]),
  );
  for (const path of paths.filter((name) => LIST.test(name))) {
    const divert = diverted.get(folderOf(folderOf(path)));
    const full = path.slice(path.lastIndexOf('/') + 1, -'.list'.length);
    const version = versions.get(full);
    if (version === undefined) continue;
    const owner = { name: full.replace(/:.*/, ''), version };
    for (const line of lines(read(path))) {
      const listed = line.replace(/^\//, '');
      claim(divert?.(listed, owner.name) ?? listed, owner);
    }
  }
}

/**
 * `status.d/NAME` with `status.d/NAME.md5sums`: checksum, two spaces, path without the leading slash; `status.d/NAME.conffiles` has
 * absolute paths, of which some begin with what is to be done with them (deb-conffiles(5)).
 */
export function readStatusFolder(paths: readonly string[], read: Read, claim: ClaimPath): void {
  const known = new Set(paths);
  for (const path of paths.filter((name) => STATUS_FILE.test(name) && known.has(`${name}.md5sums`))) {
    for (const { name, version } of parseDpkgStatus(read(path) ?? new Uint8Array(), path)) {
      for (const line of lines(read(`${path}.md5sums`)))
        claim(line.replace(/^[0-9a-f]{32} [ *]/, '').replace(/^\.?\//, ''), { name, version });
      for (const line of known.has(`${path}.conffiles`) ? lines(read(`${path}.conffiles`)) : [])
        claim(line.replace(/^(?:[\w-]+ +)?\//, ''), { name, version });
    }
  }
}

/** Packages whose files no list names. */
export function withoutList(
  paths: readonly string[],
  packages: readonly InstalledPackage[],
): InstalledPackage[] {
  const listed = new Set(
    paths
      .filter((path) => LIST.test(path) || SUMS.test(path))
      .map((path) => path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:list|md5sums)$/, '')),
  );
  return packages.filter(
    ({ name, architecture }) => !listed.has(name) && !listed.has(`${name}:${architecture}`),
  );
}

/** Checksums are of files: what symbolic links a package has is in no such list. */
export const leavesOutLinks = (paths: readonly string[]): boolean => paths.some((path) => SUMS.test(path));
