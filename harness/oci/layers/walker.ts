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
export interface Place {
  path: number;
  /** Records below count only when they are not older than this. */
  bound: number;
}

/** The last way that was gone: most entries lie beside the one before them. */
interface Way {
  path: string;
  place: Place;
  /** What it rests on: every path that was looked up for it. */
  seen: readonly number[];
  steps: number;
}

/** Finds places in a tree the way an engine does that unpacks into a root directory. */
export class TreeWalker {
  readonly #paths: PathTable;
  readonly #records: RecordList;
  readonly #shown: Shown;
  #steps: number;
  #last: Way | null = null;

  /** @param steps bounds the names looked up in all, against paths made to be slow */
  constructor(paths: PathTable, records: RecordList, shown: Shown, steps: number) {
    this.#paths = paths;
    this.#records = records;
    this.#shown = shown;
    this.#steps = steps;
  }

  /**
   * The directory that a path leads to, there or not; symbolic links on the way are followed, `..` stops at the root.
   * @param fault makes the error for a way that leads through a file, in circles, or is too long
   */
  directory(path: string, fault: () => Error): Place {
    if (this.#last?.path !== path) this.#last = this.#go(path, fault);
    else if ((this.#steps -= this.#last.steps) < 0) throw fault();
    return this.#last.place;
  }

  /** Something is about to be written or hidden at this path. */
  touch(path: number): void {
    if (this.#last?.seen.includes(path) === true) this.#last = null;
  }

  #go(path: string, fault: () => Error): Way {
    const root = { path: ROOT, bound: this.#shown.bound(ROOT) };
    const trail: Place[] = [root];
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
      const next = this.#paths.add(above.path, name);
      seen.push(next);
      const inode = this.#shown.inode(next, above.bound);
      // A directory may exist only because something lies in it.
      const type = inode === NONE ? 'dir' : this.#records.type(inode);
      if (type === 'symlink') {
        const { linkname } = this.#records.get(inode);
        if (++links > MAX_LINKS || linkname.length > MAX_TARGET) throw fault();
        if (linkname.startsWith('/')) trail.length = 1;
        todo.push(...linkname.split('/').reverse());
      } else if (type === 'dir') {
        trail.push({ path: next, bound: Math.max(above.bound, this.#shown.bound(next)) });
      } else throw fault();
    }
    return { path, place: trail.at(-1) ?? root, seen, steps: seen.length - 1 };
  }
}
