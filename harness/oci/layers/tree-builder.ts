import type { TwinproofError } from '../../errors.ts';
import { imageInvalid } from '../fault.ts';
import { cleanPath, nameText } from '../names.ts';
import { InodeAttributes } from './attributes.ts';
import { LayerMarks } from './layer-marks.ts';
import { ROOT, type PathTable } from './path-table.ts';
import type { RecordList } from './record-list.ts';
import { NONE, Shown } from './shown.ts';
import { splitPath, TreeWalker, type DirectoryPlace } from './walker.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const BAD_WAY = 'its directory is a file, or a loop of symbolic links';
/** Names looked up for one entry on average; real trees need fewer than ten. */
const STEPS_PER_ENTRY = 50;

/**
 * Lays layers over one another as containerd, Docker and podman do on overlayfs; docs/diff.md says where they differ.
 * Source: OCI image-spec layer.md, "Applying Changesets"; what the three make of it where that leaves it open.
 */
export class TreeBuilder {
  readonly shown = new Shown();
  readonly attributes: InodeAttributes;
  readonly #paths: PathTable;
  readonly #records: RecordList;
  readonly #marks = new LayerMarks(this.shown);
  readonly #walker: TreeWalker;
  #where = '';

  /** @param entries limit for the image */
  constructor(paths: PathTable, records: RecordList, entries: number) {
    this.#paths = paths;
    this.#records = records;
    this.attributes = new InodeAttributes(records);
    const tree = { paths, records, shown: this.shown, marks: this.#marks };
    this.#walker = new TreeWalker(tree, entries * STEPS_PER_ENTRY);
  }

  /** @param where names the layer in errors */
  startLayer(where: string): void {
    this.#marks.startLayer(this.#records.length);
    this.#walker.startLayer();
    this.#where = where;
  }

  /**
   * Takes records in their order.
   * @param path as it stands in the record
   * @throws TwinproofError image-invalid
   */
  add(record: number, path: string): void {
    if (path === '.') {
      if (this.#records.type(record) !== 'dir')
        throw imageInvalid('the root is not a directory', this.#where);
      this.#place(ROOT, 0, record);
      return;
    }
    const [parentPath, name] = splitPath(path);
    const parent = this.#walker.directory(parentPath, record, () => this.#fault(record, BAD_WAY));
    if (parent === null) {
      // Some tools hide what lies in a directory that they hide as well; podman passes over it.
      if (!name.startsWith(WHITEOUT))
        throw this.#fault(record, 'the same layer has a whiteout of its directory');
    } else if (name === OPAQUE) {
      // Only lower layers are hidden. The root is no directory of a layer above another to overlayfs.
      if (parent.path !== ROOT) this.#hideBelow(parent.path, this.#marks.first);
    } else if (name.startsWith(WHITEOUT)) this.#whiteout(parent, name.slice(WHITEOUT.length), record);
    else this.#place(this.#paths.add(parent.path, name), parent.bound, record);
  }

  endLayer(): void {
    for (const path of this.#marks.whiteouts()) this.shown.hide(path, this.#marks.first);
  }

  #set(path: number, record: number, inode: number): void {
    this.#walker.touch(path);
    this.#marks.touch(path, record);
    this.shown.set(path, record, inode);
  }

  #hideBelow(path: number, bound: number): void {
    this.#walker.touch(path);
    this.shown.hideBelow(path, bound);
  }

  /**
   * Hides what lower layers have, once the layer ends: a directory of the same name that follows takes the whiteout's
   * place, and what the lower layers have in it is seen again.
   */
  #whiteout(parent: DirectoryPlace, name: string, record: number): void {
    if (['', '.', '..'].includes(name)) throw this.#fault(record, 'a whiteout without a name');
    const path = this.#paths.add(parent.path, name);
    if (this.#marks.isTouched(path, parent.bound))
      throw this.#fault(record, 'a whiteout of what the same layer holds');
    this.#walker.touch(path);
    this.#marks.whiteout(path, record);
  }

  /** @param bound of the directories on the way there */
  #place(path: number, bound: number, record: number): void {
    const type = this.#records.type(record);
    if (type === 'dir') {
      const before = this.shown.record(path, Math.max(bound, this.#marks.first));
      this.#set(path, record, record);
      if (before !== NONE && this.#records.type(before) === 'dir') this.attributes.again(before, record);
      return;
    }
    this.#walker.touch(path);
    this.shown.hide(path, record);
    const inode = type === 'hardlink' ? this.#target(record) : record;
    this.#set(path, record, inode);
    if (inode !== record) this.attributes.link(inode, record);
  }

  /** The record that a hard link shares the content of. No engine makes a link to what comes later. */
  #target(record: number): number {
    const { linkname } = this.#records.get(record);
    const path = cleanPath(linkname);
    if (path === null || path === '.') throw this.#fault(record, 'a hard link leads out of the image');
    const [parentPath, name] = splitPath(path);
    const parent = this.#walker.directory(parentPath, NONE, () => this.#fault(record, BAD_WAY));
    const inode = parent === null ? NONE : this.#inodeAt(parent, name);
    if (inode === NONE)
      throw this.#fault(record, `a hard link to "${nameText(linkname)}", which is not there`);
    if (this.#records.type(inode) === 'dir') throw this.#fault(record, 'a hard link to a directory');
    return inode;
  }

  #inodeAt({ path: parent, bound }: DirectoryPlace, name: string): number {
    const path = this.#paths.find(parent, name);
    if (path === NONE || this.#marks.isWhiteout(path, bound)) return NONE;
    return this.shown.inode(path, bound);
  }

  #fault(record: number, message: string): TwinproofError {
    return imageInvalid(message, `${this.#where}: ${nameText(this.#records.path(record))}`);
  }
}
