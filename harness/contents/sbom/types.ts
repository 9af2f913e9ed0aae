import type { PackageFormat } from '../../packages/types.ts';

/** A package that an SBOM says is in the image. */
export interface SbomPackage {
  format: PackageFormat;
  name: string;
  /** As package databases have it: with the epoch where there is one. */
  version: string;
  /** Empty where the SBOM does not say. */
  architecture: string;
}

/** An element of an SBOM that no package URL names: of what kind it is, nobody knows. */
export interface UnnamedPackage {
  name: string;
  version: string;
}

/** What an SBOM says of one image. */
export interface Sbom {
  /** `SPDX-2.3`, `CycloneDX 1.6`. */
  format: string;
  /** Digests that it gives for the image it describes; none where it does not say which image it is. */
  subjects: string[];
  /** Of package databases; sorted. Packages of builders, and what is no package of a database, are left out. */
  packages: SbomPackage[];
  /** Of the base, or fetched for the build: they may be in the image, and need not be. */
  possible: SbomPackage[];
  unnamed: UnnamedPackage[];
  /** How many elements are packages of other kinds (of programming languages, files, the system itself). */
  others: number;
  /** Names of base images without a digest. */
  floatingBases: string[];
}
