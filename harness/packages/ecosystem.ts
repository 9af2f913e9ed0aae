import type { InstalledPackage, PackageDatabase } from './types.ts';

export type Files = ReadonlyMap<string, Uint8Array>;
export type Read = (path: string) => Uint8Array | null;

/** Told that a package owns a path, which has no leading slash. */
export type ClaimPath = (path: string, owner: { name: string; version: string }) => void;

/** What a kernel that runs says of itself. */
export interface Running {
  /** `uname -r`. */
  release: string;
  /** `uname -v`; Debian puts the version of the package into it. */
  version: string;
}

/** What a package says of itself; one that a lock does not name must be asked. */
export interface PackageNames {
  name: string;
  version: string;
  architecture: string | null;
}

/** Locks of an ecosystem: how they are named, what must be in them, and what is known of the packages that they lock. */
export interface LockFormat {
  /** What the lock's files are: `deb`. Also the folder below which a build finds them. */
  readonly kind: string;
  /** `debs`: locks are called `debs.lock.yaml`, and resolved from `debs.in.yaml`. */
  readonly stem: string;
  /** `lockfileVendor` of those that are written here. */
  readonly vendor: string;
  /** All keys of an entry must be there; else the URL alone, as Hermeto reads a lock. */
  readonly complete: boolean;
  /** No two versions of one package can be installed together. */
  readonly oneVersion: boolean;
  readonly sortBy: 'name' | 'url';
  /** Below, equal to or above 0, as for `Array.sort`. */
  readonly compareVersions: (a: string, b: string) => number;
  /** The architecture in the name of a package's file; null where that tells none. */
  readonly architectureIn: (file: string) => string | null;
  /** Reads a package's file; a sentence says why it cannot. Needed where locks need not be complete. */
  readonly readNames?: (path: string) => Promise<PackageNames | string>;
  /** The kernel in a package's file, by its release. */
  readonly kernelIn?: (path: string, release: string) => Promise<Uint8Array>;
  /** It takes a builder to resolve one; it is resolved after those that builders are made from. */
  readonly resolvedIn?: 'builder';
  /** Type of Hermeto's input that reads it. */
  readonly hermeto?: string;
}

/** Packages of one kind, from the database in an image to the lock that it was built from. */
export interface Ecosystem {
  /** What package databases, inventories and the matrix call it. */
  readonly id: string;
  /** Type of its package URLs (package-url/purl-spec). */
  readonly purlType: string;
  /** Where images have its database, for the documentation. */
  readonly databases: string;
  /** All that belongs to its database, read or not, whole or not. Paths have no leading slash, here and below. */
  readonly belongs: RegExp;
  /** What is read to tell what is installed. */
  readonly read: { readonly paths: RegExp; readonly packages: (files: Files) => PackageDatabase[] };
  /** What is read to tell who owns a path; a damaged database owns nothing, so each kind of it has a reader of its own. */
  readonly owners: {
    readonly paths: RegExp;
    readonly readers: readonly ((paths: readonly string[], read: Read, claim: ClaimPath) => void)[];
  };
  /** Packages of which nobody knows what is theirs. Absent where the database itself has the files. */
  readonly withoutFiles?: (
    paths: readonly string[],
    packages: readonly InstalledPackage[],
  ) => InstalledPackage[];
  /** Whether what tells who owns a path is silent about symbolic links. Absent where it never is. */
  readonly leavesOutLinks?: (paths: readonly string[]) => boolean;
  /** Whether a package is the kernel that runs: false for another version of it, null for any other package. */
  readonly kernel?: (installed: InstalledPackage, running: Running) => boolean | null;
  /** Absent where nothing of it can be locked. */
  readonly lock?: LockFormat;
}
