import type { Cpe } from './cpe.ts';
import type { NamedPackage } from './csaf-package.ts';
import type { CompareVersions } from './types.ts';

/** Packages that advisories speak of under names and in versions of one kind: a distribution's, or a language's. */
export interface Scope {
  /** For people: `Debian:12`, `npm`. */
  label: string;
  /** Whether an OSV ecosystem (with its suffix) is this one; null where OSV has none for it. */
  isOsv: ((ecosystem: string) => boolean) | null;
  /** Whether OSV names source packages there; otherwise binary ones, or either. */
  bySource: boolean;
  /** Whether its CSAF documents name every binary package that is affected, so that a name stands for no source. */
  listsBinaries: boolean;
  /** A name as it is compared. */
  normalise: (name: string) => string;
  compare: CompareVersions;
  /** Whether a version can be compared. */
  canCompare: (version: string) => boolean;
  /** Whether what follows the last `-` of a version is the distribution's own part, which advisories may leave out. */
  hasReleases: boolean;
  /** Null where it has no CPE name. */
  cpe: Cpe | null;
  /** Whether a package URL that no platform stands beside is one of its packages. */
  isOurUrl: (url: NonNullable<NamedPackage['url']>) => boolean;
  /** Type of its package URLs. */
  purlType: string;
}
