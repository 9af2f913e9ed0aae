import type { PackageFormat } from '../../packages/types.ts';

/** From the least to the worst; `unknown` is none of them and counts as any. */
export const SEVERITIES = ['negligible', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number] | 'unknown';

/** What one advisory says of itself. */
export interface Advisory {
  /** `DSA-5678-1`, `CVE-2026-1`. */
  id: string;
  /** What it is about, one list of names for each vulnerability; the first is what it is called here. */
  vulnerabilities: string[][];
  severity: Severity;
  /** RFC 3339; null where it does not say. */
  published: string | null;
  modified: string | null;
  /** File below the folder of advisories. */
  file: string;
}

/** What an advisory comes to for one version of a package. */
export type Outcome =
  /** `hasFix` where there is a fix, whether the advisory says in which version or not. */
  | { is: 'affected'; fixedIn: string | null; hasFix: boolean }
  | { is: 'not-affected' }
  /** Nobody knows yet, or it names versions in a way that cannot be decided. */
  | { is: 'undecided'; why: string; hasFix: boolean };

export const NOT_AFFECTED: Outcome = { is: 'not-affected' };

/** What one advisory says of the packages of one name. */
export interface Rule {
  advisory: Advisory;
  /** Label of the scope whose packages it is about. */
  scope: string;
  name: string;
  /** Whose name and versions it has. */
  of: 'source' | 'binary';
  /** @param stream of the module that the package is of (rpm), such as `nodejs:18`; null for none */
  judge: (version: string, stream: string | null) => Outcome;
}

/** A package of the image as advisories name it. */
export interface Target {
  /** Label of its scope. */
  scope: string;
  /** As advisories of its scope write it. */
  name: string;
  version: string;
  source: string;
  sourceVersion: string;
  /** `nodejs:18`; null for packages of no module. */
  stream: string | null;
  format: PackageFormat;
  purl: string;
}

/** A vulnerability of a package. */
export interface Vulnerability {
  id: string;
  /** All names under which it is known. */
  names: string[];
  /** Ids of the advisories that say so, sorted. */
  advisories: string[];
  package: string;
  version: string;
  purl: string;
  severity: Severity;
  /** In which version it is fixed; null where there is no fix, or nobody says in which. */
  fixedIn: string | null;
  hasFix: boolean;
  published: string | null;
  /** Why nobody can say whether the package has it; null where it has. */
  undecided: string | null;
}

/** Of an advisory that cannot be decided for a package. */
export interface Undecided {
  advisory: string;
  /** Empty where it is about a whole product and names no package. */
  package: string;
  why: string;
}

/** How much the advisories know of one scope. */
export interface Coverage {
  /** Advisories that speak of it. */
  advisories: number;
  /** When the newest of them was written; null where none says. */
  newest: string | null;
}

export type CompareVersions = (a: string, b: string) => number;
