import type { MergedLayers } from '../oci/layers/merge.ts';

/** Names that share an inode; paths are numbers. */
export interface Group {
  /** The name that holds the content, or the first where that name is gone; one of the group in any case. */
  leader: number;
  /** All names, as one string. */
  names: string;
}

function groupOf(inode: number, names: number[], tree: MergedLayers): Group {
  const holder = names.find((path) => tree.record(path) === inode);
  if (holder !== undefined) return { leader: holder, names: names.join() };
  const [first = -1] = names.toSorted((one, other) =>
    tree.paths.text(one) < tree.paths.text(other) ? -1 : 1,
  );
  return { leader: first, names: names.join() };
}

/** Inodes with several names, by number of the record that holds their content. */
export function linkGroups(tree: MergedLayers): Map<number, Group> {
  const names = new Map<number, number[]>();
  for (const path of tree.shown()) {
    if (tree.record(path) !== tree.inode(path)) names.set(tree.inode(path), []);
  }
  if (names.size === 0) return new Map();
  for (const path of tree.shown()) names.get(tree.inode(path))?.push(path);
  return new Map([...names].map(([inode, list]) => [inode, groupOf(inode, list, tree)]));
}
