import { Column } from './columns.ts';
import type { RecordList } from './record-list.ts';
import type { EntryRecord } from './records.ts';
import { NONE } from './shown.ts';

/** What engines set on an inode, whichever of its names an entry is for. */
export type Attributes = Pick<EntryRecord, 'mode' | 'uid' | 'gid' | 'mtime' | 'xattrs'>;

type Xattrs = Map<string, Buffer>;

/** Changing its owner takes the capabilities off a file (Linux, `chown(2)`), also when the owner is the same. */
const CAPABILITY = 'security.capability';

/** Keeps what became of inodes that more than one entry speaks of; all by number of record. */
export class InodeAttributes {
  readonly #records: RecordList;
  /** The entry that set owner, mode and time of an inode last, where that is another than the one that made it. */
  readonly #setBy = new Column(NONE);
  /** Where some are left of those that were set before: all that an inode has. */
  readonly #xattrs = new Map<number, Xattrs>();

  constructor(records: RecordList) {
    this.#records = records;
  }

  /** Whether entries other than the one that made it have set something. */
  has(inode: number): boolean {
    return this.#setBy.get(inode) !== NONE;
  }

  /** Undefined where all is as the entry says that made it. */
  get(inode: number): Attributes | undefined {
    const setBy = this.#setBy.get(inode);
    if (setBy === NONE) return undefined;
    const { mode, uid, gid, mtime, xattrs } = this.#records.get(setBy);
    return { mode, uid, gid, mtime, xattrs: this.#xattrs.get(inode) ?? xattrs };
  }

  /** A hard link carries owner, mode, time and attributes of its own, and engines set those too. */
  link(inode: number, link: number): void {
    const under = this.#under(inode);
    if (this.#records.type(inode) === 'file') under.delete(CAPABILITY);
    this.#layOver(under, inode, link);
  }

  /** A directory that stands in a layer twice is made once, and what is said last is set on it. */
  again(before: number, directory: number): void {
    const under = this.#under(before);
    this.#xattrs.delete(before);
    this.#layOver(under, directory, directory);
  }

  /** What an inode has; not copied where nobody else has it, so that many links to one cost no more than each of them. */
  #under(inode: number): Xattrs {
    return this.#xattrs.get(inode) ?? new Map((this.get(inode) ?? this.#records.get(inode)).xattrs);
  }

  /** Attributes are set, never taken away. */
  #layOver(under: Xattrs, inode: number, over: number): void {
    const { xattrs } = this.#records.get(over);
    this.#setBy.set(inode, over);
    if ([...under.keys()].every((name) => xattrs?.has(name))) {
      this.#xattrs.delete(inode);
      return;
    }
    for (const [name, value] of xattrs ?? []) under.set(name, value);
    this.#xattrs.set(inode, under);
  }
}
