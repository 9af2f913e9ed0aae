import type { Twins } from '../record/events.ts';
import type { ToldCause } from './causes.ts';

/** A file in the sources of a subject, and the line in it where that is known. */
export interface SourcePlace {
  /** Relative to the repository, with `/`. */
  file: string;
  /** Counted from 1. */
  line: number | null;
}

/** Where a finding belongs: the recipe, and the line that its first cause blames. */
export function placeOf(twins: Twins | undefined, causes: readonly ToldCause[]): SourcePlace | null {
  const file = twins?.recipe?.path;
  if (file === undefined) return null;
  return { file, line: causes.find(({ line }) => line !== null)?.line ?? null };
}
