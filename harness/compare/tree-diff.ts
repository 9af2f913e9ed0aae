import type { EntryRecord } from '../oci/records.ts';
import type { MergedTree, TreeFile } from '../oci/tree.ts';
import { archiveFields, attributeFields, kindFields } from './fields.ts';
import type { Field } from './types.ts';

/** A difference before it is put into words; paths are binary strings. */
export interface Difference {
  path: string;
  a: TreeFile | null;
  b: TreeFile | null;
  /** Fields of the merged tree; for something added or removed none, and `tree` says whether the tree has it. */
  fields: Field[];
  /** Whether the merged trees differ here. */
  tree: boolean;
}

/** For each name of an inode with several: the first of them, which stands for the group. */
function leaders(tree: MergedTree): Map<EntryRecord, string> {
  const counts = new Map<EntryRecord, number>();
  for (const { record, inode } of tree.files.values()) {
    if (record !== inode) counts.set(inode, (counts.get(inode) ?? 0) + 1);
  }
  const first = new Map<EntryRecord, string>();
  for (const [path, { inode }] of tree.files) {
    if (!counts.has(inode)) continue;
    const known = first.get(inode);
    if (known === undefined || path < known) first.set(inode, path);
  }
  return first;
}

/** Compares merged trees; hard links by which names share an inode, not by which of them the archive wrote first. */
export class TreeDiff {
  readonly #a: MergedTree;
  readonly #b: MergedTree;
  readonly #leadersA: Map<EntryRecord, string>;
  readonly #leadersB: Map<EntryRecord, string>;

  constructor(a: MergedTree, b: MergedTree) {
    this.#a = a;
    this.#b = b;
    this.#leadersA = leaders(a);
    this.#leadersB = leaders(b);
  }

  /** @param aligned the images have equally many layers, so that it can be said which layer an entry is in */
  *differences(aligned: boolean): Generator<Difference> {
    for (const [path, a] of this.#a.files) {
      const b = this.#b.files.get(path);
      if (b === undefined) yield { path, a, b: null, fields: [], tree: true };
      else yield this.#pair(path, a, b, aligned);
    }
    for (const [path, b] of this.#b.files) {
      if (!this.#a.files.has(path)) yield { path, a: null, b, fields: [], tree: true };
    }
  }

  #pair(path: string, a: TreeFile, b: TreeFile, aligned: boolean): Difference {
    const tree = [...attributeFields(a.record, b.record), ...this.#kind(path, a, b)];
    const difference = { path, a, b, fields: tree, tree: tree.length > 0 };
    if (!aligned) return difference;
    if (a.record.layer !== b.record.layer) return { ...difference, fields: [...tree, 'layer'] };
    const archive = archiveFields(a.record, b.record, tree);
    // The same names share the inode, but the archive wrote another of them first.
    if (a.record.type !== b.record.type && !tree.includes('type')) archive.push('order');
    return { ...difference, fields: [...tree, ...archive] };
  }

  #kind(path: string, a: TreeFile, b: TreeFile): Field[] {
    if (a.inode.type !== b.inode.type) return ['type'];
    const fields = kindFields(a.inode, b.inode);
    const sameGroup = (this.#leadersA.get(a.inode) ?? path) === (this.#leadersB.get(b.inode) ?? path);
    if (!sameGroup) fields.push(a.record.type === b.record.type ? 'linkname' : 'type');
    return fields;
  }
}
