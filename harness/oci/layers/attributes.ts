import type { EntryRecord } from './records.ts';

/** What engines set on an inode, whichever of its names an entry is for. */
export type Attributes = Pick<EntryRecord, 'mode' | 'uid' | 'gid' | 'mtime' | 'xattrs'>;

type Xattrs = Attributes['xattrs'];

/** Changing its owner takes the capabilities off a file (Linux, `chown(2)`), also when the owner is the same. */
const CAPABILITY = 'security.capability';

function sameXattrs(a: Xattrs, b: Xattrs): boolean {
  if (a === b) return true;
  return a?.size === b?.size && [...(a ?? [])].every(([name, value]) => b?.get(name)?.equals(value) === true);
}

function same(a: Attributes, b: Attributes): boolean {
  const times = a.mtime.seconds === b.mtime.seconds && a.mtime.nanoseconds === b.mtime.nanoseconds;
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && times && sameXattrs(a.xattrs, b.xattrs);
}

/** Attributes are set, never taken away. */
function laidOver(under: Xattrs, over: Xattrs): Xattrs {
  return under === null || under.size === 0 ? over : new Map([...under, ...(over ?? [])]);
}

function withoutCapability(xattrs: Xattrs): Xattrs {
  if (xattrs?.has(CAPABILITY) !== true) return xattrs;
  return new Map([...xattrs].filter(([name]) => name !== CAPABILITY));
}

/** Keeps what became of inodes that more than one entry speaks of. */
export class InodeAttributes {
  readonly attributes = new Map<EntryRecord, Attributes>();

  /** A hard link carries owner, mode, time and attributes of its own, and engines set those too. */
  link(inode: EntryRecord, link: EntryRecord): void {
    const before = this.attributes.get(inode) ?? inode;
    const under = inode.type === 'file' ? withoutCapability(before.xattrs) : before.xattrs;
    this.#set(inode, before, { ...attributesOf(link), xattrs: laidOver(under, link.xattrs) });
  }

  /** A directory that stands in a layer twice is made once, and what is said last is set on it. */
  again(before: EntryRecord, directory: EntryRecord): void {
    const { xattrs } = this.attributes.get(before) ?? before;
    this.#set(directory, directory, {
      ...attributesOf(directory),
      xattrs: laidOver(xattrs, directory.xattrs),
    });
  }

  #set(inode: EntryRecord, before: Attributes, after: Attributes): void {
    if (!same(before, after)) this.attributes.set(inode, after);
  }
}

function attributesOf({ mode, uid, gid, mtime, xattrs }: Attributes): Attributes {
  return { mode, uid, gid, mtime, xattrs };
}
