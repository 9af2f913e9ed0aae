import type { Catalog } from '../catalog/types.ts';
import type { Owner } from '../engine/owner.ts';
import type { CellResult, Twins } from '../record/events.ts';
import type { Suite } from '../suites/types.ts';
import type { ClusterSettings } from '../kubernetes/settings.ts';
import type { Variation } from '../model/variations.ts';

/** What the suites need to run the cells of one verification; plain data, handed over by Vitest's `provide`. */
export interface RunInput {
  catalog: Catalog;
  /** Cells to check, in the order of the catalog. */
  cells: { subject: string; claim: string }[];
  /** Suites of the user's that check some of them. */
  suites: readonly Suite[];
  /** Claims among these that take long and were not asked for: they are reported as skipped. */
  leftOut: readonly string[];
  runFolder: string;
  owner: Owner;
  /** Subjects that are worked on at the same time. */
  jobs: number;
  /** Builds per subject; two make twins. */
  builds: number;
  /** Whether the builds of one subject run at the same time. */
  parallelTwins: boolean;
  keep: boolean;
  seed: number;
  /** Variations in which the builds of a subject differ on purpose. */
  vary: readonly Variation[];
  harness: string;
  /** Folder with inputs that another job fetched; absent where they are fetched here. */
  carried?: string;
  /** Where twins are built; absent where that is this machine. */
  cluster?: ClusterSettings;
  /** Options that were said of the catalog from outside, as words for other processes that open it. */
  catalogWords?: string[];
  /** Decided cells of the run that is resumed; those whose key is still the same are taken over. */
  previous: { folder: string; cells: CellResult[]; twins: Twins[] } | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    twinproof: RunInput;
  }
}
