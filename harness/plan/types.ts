import type { Subject } from '../catalog/types.ts';

/** One claim of one subject. */
export interface Cell {
  subject: Subject;
  claim: string;
  /** Why it is not checked: the catalog does not make the claim. Null for cells to check. */
  skipped: string | null;
}

/** What is to be checked of a catalog, and what a change left alone. */
export interface Plan {
  /** May be empty: nothing changed, or a shard of fewer subjects than shards. */
  cells: Cell[];
  /** Ids of the subjects of which no input changed; empty where nobody asked. */
  untouched: Set<string>;
  /** Git commit that the subjects are checked against; null where nobody asked. */
  changedSince: string | null;
}

/** What of a catalog is wanted; everything unless narrowed. */
export interface Selection {
  /** Globs on subject ids; see `selectSubjects`. Empty means all. */
  images: readonly string[];
  /** Claim ids. Empty means all. */
  claims: readonly string[];
  /** Git revision; only subjects of which an input changed since. */
  changedSince?: string;
  /** `I/N`: the I-th of N parts. */
  shard?: string;
}
