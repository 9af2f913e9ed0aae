import type { LayerMarks } from './layer-marks.ts';
import { ROOT, type PathTable } from './path-table.ts';
import type { RecordList } from './record-list.ts';
import { NONE, type Shown } from './shown.ts';

/** A tidy path as the names of its directories and its last name. */
export function splitPath(path: string): [directories: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** What Linux allows on one way. */
const MAX_LINKS = 40;
const MAX_TARGET = 4096;

/** A directory as it was come to. */
export interface DirectoryPlace {
  path: number;
  /** Records below count only when they are not older than this. */
  bound: number;
}

/** The last way that was gone: most entries lie beside the one before them. */
interface Way {
  path: string;
  place: DirectoryPlace;
  /** What it rests on: every path that was looked up for it. */
  seen: readonly number[];
  steps: number;
}

/** What is looked at on the way. */
interface Tree {
  paths: PathTable;
  records: RecordList;
  shown: Shown;
  marks: LayerMarks;
}

/** Finds places in a tree the way engines do, which unpack each layer into a directory of its own. */
export class TreeWalker {
  readonly #tree: Tree;
  #steps: number;
  /** The last way of those who write, and of those who only look: these see more. */
  #last: { write: Way | null; look: Way | null } = { write: null, look: null };

  /** @param steps bounds the names looked up in all, against paths made to be slow */
  constructor(tree: Tree, steps: number) {
    this.#tree = tree;
    this.#steps = steps;
  }

  /** What older layers have is seen otherwise from now on. */
  startLayer(): void {
    this.#last = { write: null, look: null };
  }

  /**
   * The directory that a path leads to, there or not. Symbolic links of the same layer are followed, `..` stops at the
   * root; what is no directory in an older layer gives way to one, links included, because the layer that is unpacked
   * does not see it.
   * @param writer the record that is about to be written there, or NONE for only looking, through links of any layer
   * @param fault makes the error for a way that leads through a file, in circles, or is too long
   * @returns null below a whiteout of the same layer
   */
  directory(path: string, writer: number, fault: () => Error): DirectoryPlace | null {
    const mode = writer === NONE ? 'look' : 'write';
    const last = this.#last[mode];
    // Who wrote before has left the marks of the layer on this way.
    if (last?.path !== path) this.#last[mode] = this.#go(path, writer, fault);
    else if ((this.#steps -= last.steps) < 0) throw fault();
    return this.#last[mode]?.place ?? null;
  }

  /** Something is about to be written or hidden at this path. */
  touch(path: number): void {
    for (const mode of ['write', 'look'] as const) {
      if (this.#last[mode]?.seen.includes(path) === true) this.#last[mode] = null;
    }
  }

  #go(path: string, writer: number, fault: () => Error): Way | null {
    const { paths, records, shown, marks } = this.#tree;
    const root = { path: ROOT, bound: shown.bound(ROOT) };
    const trail: DirectoryPlace[] = [root];
    const todo = path === '' ? [] : path.split('/').reverse();
    const seen: number[] = [ROOT];
    let links = 0;
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      if (this.#steps-- <= 0) throw fault();
      const above = trail.at(-1) ?? root;
      const next = paths.add(above.path, name);
      seen.push(next);
      if (marks.isWhiteout(next, above.bound)) return null;
      const inode = this.#inode(next, above.bound, writer);
      // A directory may exist only because something lies in it.
      const type = inode === NONE ? 'dir' : records.type(inode);
      if (type === 'symlink') {
        const { linkname } = records.get(inode);
        if (++links > MAX_LINKS || linkname.length > MAX_TARGET) throw fault();
        if (linkname.startsWith('/')) trail.length = 1;
        todo.push(...linkname.split('/').reverse());
      } else if (type === 'dir') {
        if (writer !== NONE) marks.touch(next, writer);
        trail.push({ path: next, bound: Math.max(above.bound, shown.bound(next)) });
      } else throw fault();
    }
    return { path, place: trail.at(-1) ?? root, seen, steps: seen.length - 1 };
  }

  /** What is there, or NONE; for those who write that is also what an older layer has in the way of a directory. */
  #inode(path: number, bound: number, writer: number): number {
    const { records, shown, marks } = this.#tree;
    const inode = shown.inode(path, bound);
    const isOlder = inode !== NONE && shown.record(path, bound) < marks.first;
    if (writer === NONE || !isOlder || records.type(inode) === 'dir') return inode;
    this.touch(path);
    shown.hide(path, marks.first);
    return NONE;
  }
}
