import { Column } from './columns.ts';
import { ROOT, type PathTable } from './path-table.ts';

/** No record. */
export const NONE = -1;

/**
 * What one image shows at each path while its layers are laid over each other: numbers of records by number of path.
 *
 * Nothing is ever taken out. What hides entries sets a bound instead: below a path only records count that are not
 * older (that have no smaller number) than its bound, and than those of all directories on the way to it.
 */
export class Shown {
  /** The record that was written last at a path. */
  readonly #records = new Column(NONE);
  /** The record whose content it shares: itself unless it is a hard link. */
  readonly #inodes = new Column(NONE);
  readonly #bounds = new Column(0);

  set(path: number, record: number, inode: number): void {
    this.#records.set(path, record);
    this.#inodes.set(path, inode);
  }

  /** @param bound of the directories on the way there @returns NONE when nothing is shown there */
  record(path: number, bound = 0): number {
    const record = this.#records.get(path);
    return record < bound ? NONE : record;
  }

  inode(path: number, bound = 0): number {
    return this.record(path, bound) === NONE ? NONE : this.#inodes.get(path);
  }

  bound(path: number): number {
    return this.#bounds.get(path);
  }

  /** Hides all that is older below a path. */
  hideBelow(path: number, bound: number): void {
    this.#bounds.set(path, Math.max(bound, this.bound(path)));
  }

  /** Hides all that is older at a path and below. */
  hide(path: number, bound: number): void {
    if (this.#records.get(path) < bound) this.#records.set(path, NONE);
    this.hideBelow(path, bound);
  }

  /** Applies all bounds: from now on `record` and `inode` need none. @returns how many paths show something */
  settle(paths: PathTable): number {
    let count = 0;
    const { size } = paths;
    // Directories come before what lies in them.
    for (let path = ROOT; path < size; path++) {
      const bound = path === ROOT ? 0 : this.bound(paths.directory(path));
      if (this.#records.get(path) < bound) this.#records.set(path, NONE);
      else if (this.#records.get(path) !== NONE) count++;
      if (bound > 0) this.hideBelow(path, bound);
    }
    return count;
  }
}
