/** `rpm`: rpms.lock.yaml of rpm-lockfile-prototype; `deb`: the same shape for Debian packages. */
export type LockKind = 'rpm' | 'deb';

export interface LockedFile {
  url: string;
  repoid: string;
  /** Bytes. */
  size: number;
  /** `sha256:<hex>` (also sha384, sha512 where a lock says so). */
  checksum: string;
}

export interface LockedPackage extends LockedFile {
  name: string;
  /** RPM `[epoch:]version-release`, or a Debian version. */
  evr: string;
  /** Name of the source package, where known. */
  sourcerpm?: string;
}

export interface LockedArch {
  /** RPM name (`x86_64`) in an rpm lock, Debian name (`amd64`) in a deb lock. */
  arch: string;
  packages: LockedPackage[];
  source: LockedPackage[];
  moduleMetadata: LockedFile[];
}

export interface Lock {
  kind: LockKind;
  path: string;
  /** sha256 of the file's bytes, `sha256:<hex>`. */
  digest: string;
  arches: LockedArch[];
  /** Further origins that the lock itself names (an extension; other readers ignore the key). */
  origins: { url: string; mirrors: string[] }[];
}
