/** Id of an ecosystem: `dpkg`, `rpm`, `apk`. */
export type PackageFormat = string;

/** One package that an image says is installed. */
export interface InstalledPackage {
  name: string;
  /** RPM `[epoch:]version-release`, Debian or Alpine version. */
  version: string;
  architecture: string;
  /** Source package: its name in dpkg and apk, its file name in rpm. */
  source?: string;
  /** Version of the source package (dpkg), where it differs. */
  sourceVersion?: string;
  /** Who distributes it: rpm's Vendor, dpkg's Origin. */
  vendor?: string;
  /** As the package says it, which need not be an SPDX expression; dpkg does not say it. */
  license?: string;
  /** Stream of the module that it is of (rpm), `nodejs:18:9040020240101000000:1234abcd`. */
  module?: string;
  /** Key in the signature of the header (rpm), hex. The signature is not verified: it only names who claims to have signed. */
  signedBy?: string;
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
