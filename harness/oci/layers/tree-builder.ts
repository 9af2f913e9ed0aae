import type { TwinproofError } from '../../errors.ts';
import { imageInvalid } from '../fault.ts';
import { cleanPath, nameText } from '../names.ts';
import { ROOT, type PathTable } from './path-table.ts';
import type { RecordList } from './record-list.ts';
import { NONE, Shown } from './shown.ts';
import { splitPath, TreeWalker } from './walker.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const BAD_WAY = 'its directory is a file, or a loop of symbolic links';
/** Names looked up for one entry on average; real trees need fewer than ten. */
const STEPS_PER_ENTRY = 50;

/** Lays layers over one another. Source: OCI image-spec layer.md, "Applying Changesets". */
export class TreeBuilder {
  readonly shown = new Shown();
  readonly #paths: PathTable;
  readonly #records: RecordList;
  readonly #walker: TreeWalker;
  /** The first record of this layer: what is older lies in lower ones. */
  #layer = 0;
  #where = '';
  #forwardLinks: [path: number, record: number][] = [];

  /** @param entries limit for the image */
  constructor(paths: PathTable, records: RecordList, entries: number) {
    this.#paths = paths;
    this.#records = records;
    this.#walker = new TreeWalker(paths, records, this.shown, entries * STEPS_PER_ENTRY);
  }

  /** @param where names the layer in errors */
  startLayer(where: string): void {
    this.#layer = this.#records.length;
    this.#where = where;
    this.#forwardLinks = [];
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
      this.#set(ROOT, record, record);
      return;
    }
    const [parentPath, name] = splitPath(path);
    const parent = this.#walker.directory(parentPath, () => this.#fault(record, BAD_WAY)).path;
    // Only lower layers are hidden, whatever the order within this one.
    if (name === OPAQUE) this.#hideBelow(parent, this.#layer);
    else if (name.startsWith(WHITEOUT)) this.#whiteout(parent, name.slice(WHITEOUT.length));
    else this.#place(this.#paths.add(parent, name), record);
  }

  /** Hard links whose target came after them in the same layer. */
  endLayer(): void {
    for (const [path, record] of this.#forwardLinks) {
      const inode = this.#target(record);
      if (inode === NONE) {
        const { linkname } = this.#records.get(record);
        throw this.#fault(record, `a hard link to "${nameText(linkname)}", which is not there`);
      }
      if (this.shown.record(path) === record) this.#set(path, record, inode);
    }
  }

  #set(path: number, record: number, inode: number): void {
    this.#walker.touch(path);
    this.shown.set(path, record, inode);
  }

  #hideBelow(path: number, bound: number): void {
    this.#walker.touch(path);
    this.shown.hideBelow(path, bound);
  }

  #whiteout(parent: number, name: string): void {
    const path = this.#paths.find(parent, name);
    if (path === NONE) return;
    this.#walker.touch(path);
    this.shown.hide(path, this.#layer);
  }

  #place(path: number, record: number): void {
    const type = this.#records.type(record);
    if (type !== 'dir') this.#hideBelow(path, record);
    if (type !== 'hardlink') {
      this.#set(path, record, record);
      return;
    }
    const inode = this.#target(record);
    this.#set(path, record, inode === NONE ? record : inode);
    if (inode === NONE) this.#forwardLinks.push([path, record]);
  }

  /** The record that a hard link shares the content of; NONE when it is not there. */
  #target(record: number): number {
    const path = cleanPath(this.#records.get(record).linkname);
    if (path === null || path === '.') throw this.#fault(record, 'a hard link leads out of the image');
    const [parentPath, name] = splitPath(path);
    const { path: parent, bound } = this.#walker.directory(parentPath, () => this.#fault(record, BAD_WAY));
    const target = this.#paths.find(parent, name);
    const inode = target === NONE ? NONE : this.shown.inode(target, bound);
    const type = inode === NONE ? null : this.#records.type(inode);
    if (type === 'dir') throw this.#fault(record, 'a hard link to a directory');
    // A link that itself still waits for its target has none to offer yet.
    return type === 'hardlink' ? NONE : inode;
  }

  #fault(record: number, message: string): TwinproofError {
    return imageInvalid(message, `${this.#where}: ${nameText(this.#records.path(record))}`);
  }
}
