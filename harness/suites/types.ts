import type { BootedSystem } from '../boot/system/booted.ts';
import type { Catalog } from '../catalog/types.ts';
import type { OciImage } from '../oci/types.ts';

/** What a claim of a user's own looks at. */
export interface Fixtures {
  /** The first of the twins. */
  image: OciImage;
  /** All images that were built of the subject, two or more. */
  twins: readonly [OciImage, OciImage, ...OciImage[]];
  /** The first of the twins, started in a virtual machine; as it was when it had just come up. */
  system: BootedSystem;
}

export const FIXTURES = ['image', 'twins', 'system'] as const satisfies readonly (keyof Fixtures)[];

/** A claim of a user's own. */
export interface SuiteClaim {
  id: string;
  /** What it says of a subject, for people. */
  statement: string;
  needs: readonly (keyof Fixtures)[];
}

/** A file with claims of a user's own. */
export interface Suite {
  /** Absolute. */
  file: string;
  /** As it is recorded. */
  path: string;
  /** Of the file and all modules that it imports. */
  digest: string;
  /** All of these, absolute. */
  modules: string[];
  claims: SuiteClaim[];
  /** Which claim has tests for which subjects. */
  cells: { subject: string; claim: string }[];
}

/** Why a suite cannot be run as it stands. */
export interface Fault {
  text: string;
  /** Null where it is not one line's. */
  line: number | null;
}

/** What suites are told of the run that they are read for. */
export interface SuitesInput {
  catalog: Catalog;
  /** Cells whose tests are to be run; none where suites are only looked at. */
  cells: { subject: string; claim: string }[];
}

declare module 'vitest' {
  interface ProvidedContext {
    twinproofSuites: SuitesInput;
  }
  interface TaskMeta {
    /** Number of a test of a user's claim. */
    twinproofTest?: number;
    /** Of a file: what was declared in it. */
    twinproofSuite?: Pick<Suite, 'claims' | 'cells' | 'modules'> & { faults: Fault[] };
  }
}
