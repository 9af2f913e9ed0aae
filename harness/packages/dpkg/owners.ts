import type { ClaimPath, Read } from '../ecosystem.ts';
import { lines } from '../files.ts';
import { anyOf } from '../places.ts';
import type { InstalledPackage } from '../types.ts';
import { parseDpkgStatus, STATUS_FILE } from './dpkg-status.ts';
import { inDpkg } from './places.ts';

const STATUS = inDpkg('status$');
const LIST = inDpkg('info/[^/]+\\.list$');
/** Images without dpkg: one stanza and one list of checksums a package. */
const SUMS = inDpkg('status\\.d/[^/]+\\.md5sums$');

export const OWNERSHIP = anyOf(STATUS, LIST, STATUS_FILE, SUMS);

/** dpkg(1): `info/NAME.list` or `info/NAME:ARCHITECTURE.list` has one absolute path a line. */
export function readLists(paths: readonly string[], read: Read, claim: ClaimPath): void {
  const versions = new Map<string, string>();
  for (const path of paths.filter((name) => STATUS.test(name))) {
    for (const { name, architecture, version } of parseDpkgStatus(read(path) ?? new Uint8Array(), path)) {
      versions.set(name, version);
      versions.set(`${name}:${architecture}`, version);
    }
  }
  for (const path of paths.filter((name) => LIST.test(name))) {
    const full = path.slice(path.lastIndexOf('/') + 1, -'.list'.length);
    const version = versions.get(full);
    if (version === undefined) continue;
    const owner = { name: full.replace(/:.*/, ''), version };
    for (const line of lines(read(path))) claim(line.replace(/^\//, ''), owner);
  }
}

/** `status.d/NAME` with `status.d/NAME.md5sums`: checksum, two spaces, path without the leading slash. */
export function readStatusFolder(paths: readonly string[], read: Read, claim: ClaimPath): void {
  const known = new Set(paths);
  for (const path of paths.filter((name) => STATUS_FILE.test(name) && known.has(`${name}.md5sums`))) {
    for (const { name, version } of parseDpkgStatus(read(path) ?? new Uint8Array(), path)) {
      for (const line of lines(read(`${path}.md5sums`)))
        claim(line.replace(/^[0-9a-f]{32} [ *]/, '').replace(/^\.?\//, ''), { name, version });
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
