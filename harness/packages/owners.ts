import { TwinproofError } from '../errors.ts';
import type { Read } from './ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from './registry.ts';
import type { InstalledPackage, PackageDatabase, PackageOwner } from './types.ts';

/** Whether `findOwners` reads the file at this path, which has no leading slash. */
export function isOwnershipPath(path: string, ecosystems: Ecosystems = ECOSYSTEMS): boolean {
  // Asked of every path of an image.
  for (const { owners } of ecosystems) if (owners.paths.test(path)) return true;
  return false;
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

/** One after the other, so that whoever asks can go on behind a damaged database. */
function* readings(
  paths: readonly string[],
  read: Read,
  { claims, ecosystems }: { claims: Claims; ecosystems: Ecosystems },
): Generator<() => void> {
  const sorted = paths.toSorted();
  for (const { id, owners } of ecosystems) {
    for (const reader of owners.readers)
      yield () => reader(sorted, read, (path, owner) => claims.add(path, { ...owner, format: id }));
  }
}

/**
 * Packages of which no list names the files: of them nobody knows what is theirs.
 * @param paths of all files of the database
 */
export function packagesWithoutList(
  paths: readonly string[],
  databases: readonly PackageDatabase[],
  ecosystems: Ecosystems = ECOSYSTEMS,
): InstalledPackage[] {
  return databases.flatMap(
    ({ format, packages }) => ecosystems.find(format)?.withoutFiles?.(paths, packages) ?? [],
  );
}

/** Whether lists of files say nothing of symbolic links, so that one without owner may be a package's. */
export const linksMayBeOwned = (paths: readonly string[], ecosystems: Ecosystems = ECOSYSTEMS): boolean =>
  [...ecosystems].some(({ leavesOutLinks }) => leavesOutLinks?.(paths) ?? false);

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
  ecosystems: Ecosystems = ECOSYSTEMS,
): ReadonlyMap<string, PackageOwner | null> {
  const claims = new Claims(wanted);
  for (const reading of readings(paths, read, { claims, ecosystems })) reading();
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
  ecosystems: Ecosystems = ECOSYSTEMS,
): Map<string, PackageOwner> {
  const claims = new Claims(wanted);
  for (const reading of readings(paths, read, { claims, ecosystems })) {
    try {
      reading();
    } catch (error) {
      if (!(error instanceof TwinproofError)) throw error;
    }
  }
  return new Map([...claims.owners].flatMap(([path, owner]) => (owner === null ? [] : [[path, owner]])));
}
