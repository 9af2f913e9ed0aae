export type PackageFormat = 'dpkg' | 'rpm' | 'apk';

/** One package that an image says is installed. */
export interface InstalledPackage {
  name: string;
  /** RPM `[epoch:]version-release`, Debian or Alpine version. */
  version: string;
  architecture: string;
  source?: string;
}

export interface PackageDatabase {
  format: PackageFormat;
  /** Paths in the image that it was read from, sorted. */
  paths: string[];
  /** Sorted by name, then version, then architecture. */
  packages: InstalledPackage[];
}

/** The package that a path of an image belongs to, by the image's own database. */
export interface PackageOwner {
  name: string;
  version: string;
  format: PackageFormat;
}
