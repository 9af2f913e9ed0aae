import type { MergedLayers, PackedFile, TreeFile } from '../oci/layers/merge.ts';
import { NONE } from '../oci/layers/shown.ts';
import { archiveFields, attributeFields, kindFields } from './fields.ts';
import { linkGroups, type Group } from './groups.ts';
import type { Field } from './types.ts';

/** A difference before it is put into words; paths are binary strings. */
export interface Difference {
  path: string;
  a: PackedFile | null;
  b: PackedFile | null;
  /** Fields of the merged tree; for something added or removed none, and `tree` says whether the tree has it. */
  fields: Field[];
  /** Whether the merged trees differ here. */
  tree: boolean;
  /** Entries of layers that one of the merged trees does not show. */
  hidden: boolean;
}

type LayersToB = readonly number[] | null;

/** One path in both trees. */
interface Both {
  path: number;
  a: TreeFile;
  b: TreeFile;
  groupA: Group | undefined;
  groupB: Group | undefined;
}

/** Compares merged trees; hard links by which names share an inode, not by which of them the archive wrote first. */
export class TreeDiff {
  readonly #a: MergedLayers;
  readonly #b: MergedLayers;
  readonly #groupsA: Map<number, Group>;
  readonly #groupsB: Map<number, Group>;

  /** @param a, b with the same numbers for paths */
  constructor(a: MergedLayers, b: MergedLayers) {
    this.#a = a;
    this.#b = b;
    this.#groupsA = linkGroups(a);
    this.#groupsB = linkGroups(b);
  }

  /**
   * @param toB which layer of B each of A belongs to; null when it cannot be said which layer an entry is in
   * @param moved whether a record of A stands at another place in B
   */
  *differences(toB: LayersToB, moved: (record: number) => boolean): Generator<Difference> {
    const { paths } = this.#a;
    for (let path = 0; path < paths.size; path++) {
      const [recordA, recordB] = [this.#a.record(path), this.#b.record(path)];
      if (recordA === NONE && recordB === NONE) continue;
      const [a, b] = [this.#a.file(path), this.#b.file(path)];
      if (a === null || b === null) {
        yield { path: paths.text(path), a, b, fields: [], tree: true, hidden: false };
        continue;
      }
      const order = moved(recordA);
      if (!order && this.#isSame(path, toB)) continue;
      const { fields, tree } = this.#fields(path, a.read(), b.read(), toB);
      if (order) fields.push('order');
      if (fields.length > 0) yield { path: paths.text(path), a, b, fields, tree, hidden: false };
    }
  }

  /** Quicker than field by field; most entries of twins are. */
  #isSame(path: number, toB: LayersToB): boolean {
    const [recordA, recordB] = [this.#a.record(path), this.#b.record(path)];
    if (this.#a.inode(path) !== recordA || this.#b.inode(path) !== recordB) return false;
    if (this.#groupsA.has(recordA) || this.#groupsB.has(recordB)) return false;
    if (this.#a.attributes.has(recordA) || this.#b.attributes.has(recordB)) return false;
    if (toB !== null && toB[this.#a.records.layerOf(recordA)] !== this.#b.records.layerOf(recordB))
      return false;
    return this.#a.records.same(recordA, this.#b.records, recordB);
  }

  #fields(path: number, a: TreeFile, b: TreeFile, toB: LayersToB): Pick<Difference, 'fields' | 'tree'> {
    const groupA = this.#groupsA.get(this.#a.inode(path));
    const groupB = this.#groupsB.get(this.#b.inode(path));
    const areLinks = a.inode.type === 'symlink' && b.inode.type === 'symlink';
    const attributes = attributeFields(a.attributes ?? a.inode, b.attributes ?? b.inode, areLinks);
    const tree = [...attributes, ...kind({ path, a, b, groupA, groupB })];
    const differs = tree.length > 0;
    if (toB === null) return { fields: tree, tree: differs };
    if (toB[a.record.layer] !== b.record.layer) return { fields: [...tree, 'layer'], tree: differs };
    // The same names share the inode, but the archive wrote another of them first.
    const turned = a.record.type !== b.record.type && !tree.includes('type');
    const explained: Field[] = turned ? [...tree, 'order'] : tree;
    return { fields: [...explained, ...archiveFields(a.record, b.record, explained)], tree: differs };
  }
}

function kind({ path, a, b, groupA, groupB }: Both): Field[] {
  if (a.inode.type !== b.inode.type) return ['type'];
  const fields = kindFields(a.inode, b.inode);
  const alone = { leader: path, names: String(path) };
  const [one, other] = [groupA ?? alone, groupB ?? alone];
  // Of two groups that differ, the names are to blame that are tied to another leader than before.
  if (one.names !== other.names && one.leader !== other.leader) {
    fields.push(a.record.type === b.record.type ? 'linkname' : 'type');
  }
  return fields;
}
