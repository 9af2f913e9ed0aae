import { Budget, LIMITS } from '../inside/budget.ts';
import { lookInside, notLooked } from '../inside/look.ts';
import type { InsideDiff } from '../inside/types.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import type { Difference } from './tree-diff.ts';

interface FilePair {
  difference: Difference;
  a: EntryRecord;
  b: EntryRecord;
}

/** Files on both sides whose contents differ. */
function filePairs(differences: readonly Difference[]): FilePair[] {
  return differences.flatMap((difference): FilePair[] => {
    const { a, b, fields } = difference;
    if (a?.record.type !== 'file' || b?.record.type !== 'file' || !fields.includes('content')) return [];
    return [{ difference, a: a.record, b: b.record }];
  });
}

/** The pairs that there is room for, from the first; the same for the same input. */
function chosen(pairs: readonly FilePair[], found: Map<Difference, InsideDiff>): FilePair[] {
  let left: number = LIMITS.totalBytes;
  return pairs.filter(({ difference, a, b }, number) => {
    const tooMany = number >= LIMITS.files;
    const tooLarge = Math.max(a.size, b.size) > LIMITS.fileBytes || a.size + b.size > left;
    if (!tooMany && !tooLarge) {
      left -= a.size + b.size;
      return true;
    }
    found.set(difference, notLooked(tooMany ? 'count' : 'size'));
    return false;
  });
}

/** What is to be looked into: pairs of files, and findings for those that there is no room for. */
export class InsideLook {
  readonly found = new Map<Difference, InsideDiff>();
  readonly pairs: readonly FilePair[];

  constructor(differences: readonly Difference[]) {
    this.pairs = chosen(filePairs(differences), this.found);
  }

  /** Looks inside the chosen pairs; one at a time is in memory. */
  async look(contentOf: (record: EntryRecord) => Buffer | null): Promise<void> {
    const budget = new Budget();
    for (const { difference, a, b } of this.pairs) {
      const [one, other] = [contentOf(a), contentOf(b)];
      const diff = one === null || other === null ? null : await lookInside(one, other, budget);
      if (diff !== null) this.found.set(difference, diff);
    }
  }
}
