import type { LockChange } from '../lock/diff.ts';

/** A lock that was resolved anew. */
export interface Refreshed {
  /** The lock file; the same bytes as before when nothing changed. */
  text: string;
  changes: LockChange[];
  /** What is worth knowing about it and is no fault. */
  warnings: string[];
}
