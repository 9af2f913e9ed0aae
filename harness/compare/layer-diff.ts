import type { EntryRecord } from '../oci/layers/records.ts';
import type { MergedTree, TreeFile } from '../oci/layers/tree.ts';
import { entryFields } from './fields.ts';
import { movedItems } from './order.ts';
import type { Difference } from './tree-diff.ts';

/** Entries of one layer by path; of several with one path the last is what counts, so they are numbered backwards. */
function keyed(records: readonly EntryRecord[]): Map<string, EntryRecord> {
  const seen = new Map<string, number>();
  const map = new Map<string, EntryRecord>();
  for (const record of records.toReversed()) {
    const number = seen.get(record.path) ?? 0;
    seen.set(record.path, number + 1);
    map.set(number === 0 ? record.path : `${record.path}\0${number}`, record);
  }
  return map;
}

function winners(tree: MergedTree): Set<EntryRecord> {
  const set = new Set<EntryRecord>();
  for (const { record } of tree.files.values()) set.add(record);
  return set;
}

export interface LayerDifferences {
  /** Entries that the merged tree does not show: overwritten, removed by a later layer, whiteouts. */
  hidden: Difference[];
  /** Entries of image A that stand at another place in B's archive. */
  moved: Set<EntryRecord>;
}

/** As it stands in the archive: a hard link is not looked through. */
function alone(record: EntryRecord): TreeFile {
  return { record, inode: record };
}

/** Pairs of entries that have another place among those both layers have. */
function movedOf(pairs: [EntryRecord, EntryRecord][]): EntryRecord[] {
  const sorted = pairs.toSorted(([one], [other]) => one.position - other.position);
  return movedItems(sorted.map(([, other]) => other.position)).flatMap((at) => sorted[at]?.[0] ?? []);
}

/** Compares layer with layer; only meaningful when there are equally many. */
export function layerDifferences(
  a: MergedTree,
  b: MergedTree,
  differing: readonly number[],
): LayerDifferences {
  const result: LayerDifferences = { hidden: [], moved: new Set() };
  const seenA = winners(a);
  const seenB = winners(b);
  for (const number of differing) {
    const mapA = keyed(a.layers[number] ?? []);
    const mapB = keyed(b.layers[number] ?? []);
    const pairs = [...mapA].flatMap(([key, one]): [EntryRecord, EntryRecord][] => {
      const other = mapB.get(key);
      return other === undefined ? [] : [[one, other]];
    });
    for (const record of movedOf(pairs)) result.moved.add(record);
    for (const [one, other] of pairs) {
      if (seenA.has(one) && seenB.has(other)) continue;
      const fields = [...entryFields(one, other), ...(result.moved.has(one) ? (['order'] as const) : [])];
      if (fields.length > 0)
        result.hidden.push({ path: one.path, a: alone(one), b: alone(other), fields, tree: false });
    }
    for (const [key, one] of mapA) {
      if (mapB.has(key) || seenA.has(one)) continue;
      result.hidden.push({ path: one.path, a: alone(one), b: null, fields: [], tree: false });
    }
    for (const [key, other] of mapB) {
      if (mapA.has(key) || seenB.has(other)) continue;
      result.hidden.push({ path: other.path, a: null, b: alone(other), fields: [], tree: false });
    }
  }
  return result;
}
