import type { Instruction } from '../compare/types.ts';
import type { InstalledPackage, PackageFormat } from '../packages/types.ts';

/** Fields of os-release(5) that say which distribution an image is of. */
export interface Distribution {
  /** `ID`, such as `debian`. */
  id: string;
  /** `VERSION_ID`; null for rolling distributions that have none. */
  version: string | null;
  /** `PRETTY_NAME`. */
  name: string | null;
}

export interface ListedPackage extends InstalledPackage {
  format: PackageFormat;
  /** Package URL (package-url/purl-spec). */
  purl: string;
}

/**
 * Why a file that no package owns is there:
 * - `database`: it is part of a package database;
 * - `generated`: installing packages makes files of this name;
 * - `configuration`: a file below `/etc` that cannot be executed;
 * - `state`: below `/var`;
 * - `copied`: a COPY or ADD put it there, in a layer that changes no package database;
 * - `unlisted`: nothing else explains it, and the database does not list the files of all packages;
 * - `dark`: nothing explains it.
 */
export type Unowned = 'database' | 'generated' | 'configuration' | 'state' | 'copied' | 'unlisted' | 'dark';

/** A file or symbolic link that no package owns. */
export interface UnownedFile {
  /** Without a leading slash. */
  path: string;
  why: Unowned;
  /** Number of the layer, from 0. */
  layer: number;
  instruction: Instruction | null;
}

/** What is in an image, read from its bytes. The same image gives the same inventory. */
export interface Inventory {
  schema: 'twinproof/inventory/v1';
  image: {
    /** Digest of the manifest. */
    manifest: string;
    /** Digest of the config. */
    config: string;
    os: string;
    architecture: string;
    /** As the config has it. */
    created: string | null;
  };
  /** Null where the image has no os-release. */
  distribution: Distribution | null;
  databases: { format: PackageFormat; paths: string[]; packages: number }[];
  packages: ListedPackage[];
  /** How many of them have no list of their files in the database. */
  withoutList: number;
  /** Files and symbolic links, each counted once. */
  files: { total: number; owned: number } & Record<Unowned, number>;
  /** Sorted by path. */
  unowned: UnownedFile[];
}
