import type { EntryRecord } from '../oci/layers/records.ts';
import type { MergedTree, TreeFile } from '../oci/layers/tree.ts';
import { entryFields } from './fields.ts';
import type { LayerPairs } from './layer-pairs.ts';
import { movedItems } from './order.ts';
import type { Difference } from './tree-diff.ts';

/** Entries of one layer that belong together, and those that only one side has. */
interface Matched {
  pairs: [EntryRecord, EntryRecord][];
  onlyA: EntryRecord[];
  onlyB: EntryRecord[];
}

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

function matchByPath(a: readonly EntryRecord[], b: readonly EntryRecord[]): Matched {
  const mapB = keyed(b);
  const matched: Matched = { pairs: [], onlyA: [], onlyB: [] };
  for (const [key, one] of keyed(a)) {
    const other = mapB.get(key);
    if (other === undefined) matched.onlyA.push(one);
    else matched.pairs.push([one, other]);
    mapB.delete(key);
  }
  matched.onlyB.push(...mapB.values());
  return matched;
}

/** Whether two layers have the same paths in the same order, as twins mostly do: then each belongs to the one across. */
function areInStep(a: readonly EntryRecord[], b: readonly EntryRecord[]): boolean {
  return a.length === b.length && a.every(({ path }, at) => b[at]?.path === path);
}

/** Whether every entry of every layer is what the merged tree shows at some path. */
function showsAll({ files, layers }: MergedTree): boolean {
  return files.size === layers.reduce((sum, records) => sum + records.length, 0);
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

/** What two layers have that one of the trees does not show. */
class HiddenEntries {
  readonly #shownA: Set<EntryRecord>;
  readonly #shownB: Set<EntryRecord>;

  constructor(a: MergedTree, b: MergedTree) {
    this.#shownA = winners(a);
    this.#shownB = winners(b);
  }

  *differences({ pairs, onlyA, onlyB }: Matched, moved: Set<EntryRecord>): Generator<Difference> {
    for (const [one, other] of pairs) {
      if (this.#shownA.has(one) && this.#shownB.has(other)) continue;
      const fields = [...entryFields(one, other), ...(moved.has(one) ? (['order'] as const) : [])];
      if (fields.length > 0) yield { path: one.path, a: alone(one), b: alone(other), fields, tree: false };
    }
    for (const one of onlyA) {
      if (!this.#shownA.has(one)) yield { path: one.path, a: alone(one), b: null, fields: [], tree: false };
    }
    for (const other of onlyB) {
      if (!this.#shownB.has(other))
        yield { path: other.path, a: null, b: alone(other), fields: [], tree: false };
    }
  }
}

/** Compares each layer with the one that it belongs to. */
export function layerDifferences(
  a: MergedTree,
  b: MergedTree,
  differing: LayerPairs['differing'],
): LayerDifferences {
  const result: LayerDifferences = { hidden: [], moved: new Set() };
  const hidden = showsAll(a) && showsAll(b) ? null : new HiddenEntries(a, b);
  for (const pair of differing) {
    const [one, other] = [a.layers[pair.a] ?? [], b.layers[pair.b] ?? []];
    if (hidden === null && areInStep(one, other)) continue;
    const matched = matchByPath(one, other);
    for (const record of movedOf(matched.pairs)) result.moved.add(record);
    for (const difference of hidden?.differences(matched, result.moved) ?? []) result.hidden.push(difference);
  }
  return result;
}
