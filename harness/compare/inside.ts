import { Budget, LIMITS } from '../inside/budget.ts';
import { lookInside, notLooked } from '../inside/look.ts';
import type { InsideDiff } from '../inside/types.ts';
import { eachContent } from '../oci/layers/files.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import type { OciImage } from '../oci/types.ts';
import { both } from './both.ts';
import { Spool } from './spool.ts';
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

/** Content of the entries as it was kept while reading, or from their layers. */
async function gather(image: OciImage, records: readonly EntryRecord[], spool: Spool): Promise<void> {
  await eachContent(image, records, (record, content) => spool.put(record, content));
}

/**
 * Looks inside the files that differ, within the limits of inside/budget.ts; one pair at a time is in memory.
 * @param known content that is at hand already
 * @returns an entry for each pair of files that differ in content
 * @throws TwinproofError image-invalid, storage
 */
export async function insideDiffs(
  [a, b]: [OciImage, OciImage],
  differences: readonly Difference[],
  known: ReadonlyMap<EntryRecord, Buffer>,
): Promise<Map<Difference, InsideDiff>> {
  const found = new Map<Difference, InsideDiff>();
  const pairs = chosen(filePairs(differences), found);
  if (pairs.length === 0) return found;
  using spool = new Spool();
  const missing = (records: EntryRecord[]): EntryRecord[] => records.filter((record) => !known.has(record));
  await both(
    gather(a, missing(pairs.map((pair) => pair.a)), spool),
    gather(b, missing(pairs.map((pair) => pair.b)), spool),
  );
  const contentOf = (record: EntryRecord): Buffer | null => known.get(record) ?? spool.get(record);
  const budget = new Budget();
  for (const pair of pairs) {
    const [one, other] = [contentOf(pair.a), contentOf(pair.b)];
    const diff = one === null || other === null ? null : await lookInside(one, other, budget);
    if (diff !== null) found.set(pair.difference, diff);
  }
  return found;
}
