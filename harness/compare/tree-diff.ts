import type { Attributes } from '../oci/layers/attributes.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import type { MergedTree, TreeFile } from '../oci/layers/tree.ts';
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

/** Names that share an inode. */
interface Group {
  /** The name that holds the content, or the first where that name is gone; one of the group in any case. */
  leader: string;
  /** All names, as one string. */
  names: string;
}

/** Inodes with several names. */
function groups(tree: MergedTree): Map<EntryRecord, Group> {
  const linked = new Set<EntryRecord>();
  for (const { record, inode } of tree.files.values()) if (record !== inode) linked.add(inode);
  const names = new Map<EntryRecord, string[]>();
  const leaders = new Map<EntryRecord, string>();
  for (const [path, { record, inode }] of tree.files) {
    if (!linked.has(inode)) continue;
    const list = names.get(inode);
    if (list === undefined) names.set(inode, [path]);
    else list.push(path);
    if (record === inode) leaders.set(inode, path);
  }
  return new Map(
    [...names].map(([inode, list]) => {
      list.sort();
      return [inode, { leader: leaders.get(inode) ?? list[0] ?? '', names: list.join('\0') }];
    }),
  );
}

function withSet(file: TreeFile, attributes: Attributes | undefined): TreeFile {
  return attributes === undefined ? file : { ...file, attributes };
}

/** Compares merged trees; hard links by which names share an inode, not by which of them the archive wrote first. */
export class TreeDiff {
  readonly #a: MergedTree;
  readonly #b: MergedTree;
  readonly #groupsA: Map<EntryRecord, Group>;
  readonly #groupsB: Map<EntryRecord, Group>;

  constructor(a: MergedTree, b: MergedTree) {
    this.#a = a;
    this.#b = b;
    this.#groupsA = groups(a);
    this.#groupsB = groups(b);
  }

  /** @param toB which layer of B each of A belongs to; null when it cannot be said which layer an entry is in */
  *differences(toB: readonly number[] | null): Generator<Difference> {
    for (const [path, a] of this.#a.files) {
      const b = this.#b.files.get(path);
      if (b === undefined) yield { path, a, b: null, fields: [], tree: true };
      else yield this.#pair(path, a, b, toB);
    }
    for (const [path, b] of this.#b.files) {
      if (!this.#a.files.has(path)) yield { path, a: null, b, fields: [], tree: true };
    }
  }

  #pair(path: string, a: TreeFile, b: TreeFile, toB: readonly number[] | null): Difference {
    const [setA, setB] = [this.#a.attributes.get(a.inode), this.#b.attributes.get(b.inode)];
    const areLinks = a.inode.type === 'symlink' && b.inode.type === 'symlink';
    const attributes = attributeFields(setA ?? a.inode, setB ?? b.inode, areLinks);
    const tree = [...attributes, ...this.#kind(path, a, b)];
    const difference = {
      path,
      a: withSet(a, setA),
      b: withSet(b, setB),
      fields: tree,
      tree: tree.length > 0,
    };
    if (toB === null) return difference;
    if (toB[a.record.layer] !== b.record.layer) return { ...difference, fields: [...tree, 'layer'] };
    // The same names share the inode, but the archive wrote another of them first.
    const turned = a.record.type !== b.record.type && !tree.includes('type');
    const explained: Field[] = turned ? [...tree, 'order'] : tree;
    return { ...difference, fields: [...explained, ...archiveFields(a.record, b.record, explained)] };
  }

  #kind(path: string, a: TreeFile, b: TreeFile): Field[] {
    if (a.inode.type !== b.inode.type) return ['type'];
    const fields = kindFields(a.inode, b.inode);
    const one = this.#groupsA.get(a.inode) ?? { leader: path, names: path };
    const other = this.#groupsB.get(b.inode) ?? { leader: path, names: path };
    // Of two groups that differ, the names are to blame that are tied to another leader than before.
    if (one.names !== other.names && one.leader !== other.leader) {
      fields.push(a.record.type === b.record.type ? 'linkname' : 'type');
    }
    return fields;
  }
}
