/** Of a `LockFormat`. `rpm`: rpms.lock.yaml of rpm-lockfile-prototype; `deb`: the same shape for Debian packages. */
export type LockKind = string;

/** What a lock says of a file. Only the URL is always there; what is absent cannot be checked. */
export interface LockedFile {
  url: string;
  /** Where the lock names none: `unaffiliated`, and a number where two files of one name would meet. */
  repoid: string;
  /** Bytes. */
  size?: number;
  /** `sha256:<hex>`; also sha224, sha384, sha512, and md5 and sha1, which prove nothing. */
  checksum?: string;
}

/** A file that is known to the byte. */
export interface PinnedFile extends LockedFile {
  size: number;
  checksum: string;
}

export interface LockedPackage extends LockedFile {
  /** The package itself tells its name and version where the lock does not. */
  name?: string;
  /** RPM `[epoch:]version-release`, or a Debian version. */
  evr?: string;
  /** Name of the source package, where known. */
  sourcerpm?: string;
  /** Only where it was read from the package; locks do not say it. */
  architecture?: string;
}

/** As `LockedPackage`, once what the lock leaves out was read from the package. */
export interface NamedPackage extends LockedPackage {
  name: string;
  evr: string;
}

export interface LockedArch {
  /** RPM name (`x86_64`) in an rpm lock, Debian name (`amd64`) in a deb lock. */
  arch: string;
  packages: LockedPackage[];
  source: LockedPackage[];
  moduleMetadata: LockedFile[];
}

export interface NamedArch extends LockedArch {
  packages: NamedPackage[];
}

/** A signed Release file of Debian that was past its `Valid-Until` and was taken because the input says so. */
export interface ExpiredRelease {
  url: string;
  repoid: string;
  date: Date;
  validUntil: Date;
}

export interface Lock {
  kind: LockKind;
  path: string;
  /** sha256 of the file's bytes, `sha256:<hex>`. */
  digest: string;
  arches: LockedArch[];
  /** Further origins that the lock itself names (an extension; other readers ignore the key). */
  origins: { url: string; mirrors: string[] }[];
  /** Debian Release files past their `Valid-Until` that it was resolved from (an extension as well). */
  expiredReleases: ExpiredRelease[];
}

/** What a lock says of the one architecture that a subject has, with the names of all its packages. */
export interface NamedLock extends Lock {
  arches: NamedArch[];
}
