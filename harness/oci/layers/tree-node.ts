import type { EntryRecord } from './records.ts';

/** A name in the tree while layers are laid over each other. */
export class TreeNode {
  /** Null for a directory that only exists because something lies in it. */
  record: EntryRecord | null = null;
  /** The entry whose content it shares; itself unless it is a hard link. */
  inode: EntryRecord | null = null;
  children: Map<string, TreeNode> | null = null;
  /** The youngest layer that wrote anything here or below. */
  touched = -1;
  /** The layer that is being laid on top has a whiteout of it, so far. */
  whiteout = false;
  #cleared = -1;

  set(record: EntryRecord, inode: EntryRecord): void {
    this.record = record;
    this.inode = inode;
    this.touched = record.layer;
    this.whiteout = false;
  }

  /** Makes room for what replaces it. */
  clear(): void {
    this.record = null;
    this.inode = null;
    this.children = null;
  }

  /**
   * Removes what older layers put below; a directory that holds something of this layer stays, without attributes.
   * @param self removes what they put here, too
   */
  removeOlder(layer: number, self = false): void {
    if (self) this.#forget(layer);
    // A layer may say it any number of times; once is enough.
    if (this.#cleared === layer) return;
    this.#cleared = layer;
    const stack: TreeNode[] = [this];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (const [name, child] of node.children ?? []) {
        if (child.touched < layer) {
          node.children?.delete(name);
          continue;
        }
        child.#forget(layer);
        stack.push(child);
      }
    }
  }

  #forget(layer: number): void {
    if (this.record === null || this.record.layer >= layer) return;
    this.record = null;
    this.inode = null;
  }
}

/** A tidy path as the names of its directories and its last name. */
export function splitPath(path: string): [directories: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** What Linux allows on one way. */
const MAX_LINKS = 40;
const MAX_TARGET = 4096;

/** Finds places in a tree the way engines do, which unpack each layer into a directory of its own. */
export class TreeWalker {
  readonly root = new TreeNode();
  #steps: number;

  /** @param steps bounds the names looked up in all, against paths made to be slow */
  constructor(steps: number) {
    this.#steps = steps;
  }

  /**
   * The directory that a path leads to, made where it is missing. Symbolic links of the same layer are followed, `..`
   * stops at the root; what is no directory in an older layer gives way to one, links included, because the layer that
   * is unpacked does not see it.
   * @param touch the layer that is about to write there, or -1 for only looking, through links of any layer
   * @param fault makes the error for a way that leads through a file, in circles, or is too long
   * @returns null below a whiteout of the same layer
   */
  directory(path: string, touch: number, fault: () => Error): TreeNode | null {
    const trail: TreeNode[] = [this.root];
    const todo = path === '' ? [] : path.split('/').reverse();
    let links = 0;
    this.root.touched = Math.max(this.root.touched, touch);
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      if (this.#steps-- <= 0) throw fault();
      const next = child(trail.at(-1) ?? this.root, name);
      if (next.whiteout) return null;
      if (next.inode !== null && next.inode.type !== 'dir' && next.touched < touch) next.clear();
      const { type, linkname } = next.inode ?? { type: 'dir', linkname: '' };
      if (type === 'symlink') {
        if (++links > MAX_LINKS || linkname.length > MAX_TARGET) throw fault();
        if (linkname.startsWith('/')) trail.length = 1;
        todo.push(...linkname.split('/').reverse());
      } else if (type === 'dir') {
        next.touched = Math.max(next.touched, touch);
        trail.push(next);
      } else throw fault();
    }
    return trail.at(-1) ?? this.root;
  }
}

/** The child of that name, made if there is none. */
export function child(parent: TreeNode, name: string): TreeNode {
  parent.children ??= new Map();
  let node = parent.children.get(name);
  if (node === undefined) {
    node = new TreeNode();
    parent.children.set(name, node);
  }
  return node;
}
