import type { TwinproofError } from '../../errors.ts';
import { imageInvalid } from '../fault.ts';
import { layerJob, layerName } from './layer.ts';
import { cleanPath, nameText } from '../names.ts';
import { recordLayer, type Budget, type ContentKeeper, type EntryRecord, type Trailer } from './records.ts';
import { child, splitPath, TreeWalker, type TreeNode } from './tree-node.ts';
import type { OciImage, ReadLimits } from '../types.ts';

/** A path of the merged tree. */
export interface TreeFile {
  /** The entry that made it what it is. */
  record: EntryRecord;
  /** The entry that holds the content and names of an inode: `record` itself, or the target of a hard link. */
  inode: EntryRecord;
}

/** What an image looks like once all its layers are laid over each other. */
export interface MergedTree {
  /** By path (binary strings), in no particular order. The root is `.`. */
  files: Map<string, TreeFile>;
  /** Entries of each layer as they stand in the archive; empty unless asked for. */
  layers: EntryRecord[][];
  trailers: Trailer[];
}

export interface TreeOptions {
  limits: ReadLimits;
  /** Keep the entries of each layer, whiteouts included. */
  keepRecords?: boolean;
  /** Keeps content as it streams by. */
  keeper?: ContentKeeper;
  /** Sees each entry as it is read. */
  onRecord?: (record: EntryRecord) => void;
  /** Reads a layer elsewhere, in a thread of its own say; never with a keeper. */
  record?: typeof recordLayer;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const BAD_WAY = 'its directory is a file, or a loop of symbolic links';
/** Names looked up for one entry on average; real trees need fewer than ten. */
const STEPS_PER_ENTRY = 50;

/** Lays layers over one another. Source: OCI image-spec layer.md, "Applying Changesets". */
class TreeBuilder {
  readonly walker: TreeWalker;
  #layer = 0;
  #where = '';
  #forwardLinks: [TreeNode, EntryRecord][] = [];

  constructor(limits: ReadLimits) {
    this.walker = new TreeWalker(limits.entries * STEPS_PER_ENTRY);
  }

  startLayer(layer: number, where: string): void {
    this.#layer = layer;
    this.#where = where;
    this.#forwardLinks = [];
  }

  add(record: EntryRecord): void {
    if (record.path === '.') {
      if (record.type !== 'dir') throw imageInvalid('the root is not a directory', this.#where);
      this.walker.root.set(record, record);
      return;
    }
    const [parentPath, name] = splitPath(record.path);
    const parent = this.walker.directory(parentPath, this.#layer, () => this.#fault(record, BAD_WAY));
    if (name === OPAQUE) parent.removeOlder(this.#layer);
    else if (name.startsWith(WHITEOUT)) this.#whiteout(parent, name.slice(WHITEOUT.length));
    else this.#place(child(parent, name), record);
  }

  /** Hard links whose target came after them in the same layer. */
  endLayer(): void {
    for (const [node, record] of this.#forwardLinks) {
      const inode = this.#target(record);
      if (inode === null) {
        throw this.#fault(record, `a hard link to "${nameText(record.linkname)}", which is not there`);
      }
      if (node.record === record) node.inode = inode;
    }
  }

  /** Only lower layers are hidden, whatever the order within this one. */
  #whiteout(parent: TreeNode, name: string): void {
    const node = parent.children?.get(name);
    if (node === undefined) return;
    if (node.touched < this.#layer) parent.children?.delete(name);
    else node.removeOlder(this.#layer, true);
  }

  #place(node: TreeNode, record: EntryRecord): void {
    if (record.type !== 'dir') node.children = null;
    if (record.type !== 'hardlink') {
      node.set(record, record);
      return;
    }
    const inode = this.#target(record);
    node.set(record, inode ?? record);
    if (inode === null) this.#forwardLinks.push([node, record]);
  }

  #target(record: EntryRecord): EntryRecord | null {
    const path = cleanPath(record.linkname);
    if (path === null || path === '.') throw this.#fault(record, 'a hard link leads out of the image');
    const [parentPath, name] = splitPath(path);
    const parent = this.walker.directory(parentPath, -1, () => this.#fault(record, BAD_WAY));
    const inode = parent.children?.get(name)?.inode ?? null;
    if (inode?.type === 'dir') throw this.#fault(record, 'a hard link to a directory');
    // A link that itself still waits for its target has none to offer yet.
    return inode?.type === 'hardlink' ? null : inode;
  }

  #fault(record: EntryRecord, message: string): TwinproofError {
    return imageInvalid(message, `${this.#where}: ${nameText(record.path)}`);
  }
}

/**
 * Reads all layers and merges them: whiteouts and opaque directories applied, hard links tied to their inode, parent
 * directories that are symbolic links followed inside the image.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function readTree(image: OciImage, options: TreeOptions): Promise<MergedTree> {
  const builder = new TreeBuilder(options.limits);
  const { limits, keepRecords = false, keeper = null, record: read = recordLayer } = options;
  const budget: Budget = { entries: limits.entries, metadataBytes: limits.metadataBytes };
  const tree: MergedTree = { files: new Map(), layers: [], trailers: [] };
  for (const [number, layer] of image.layers.entries()) {
    const records: EntryRecord[] = [];
    builder.startLayer(number, layerName(image, layer));
    const onRecord = (record: EntryRecord): void => {
      if (keepRecords) records.push(record);
      builder.add(record);
      options.onRecord?.(record);
    };
    const job = await layerJob(image, layer);
    tree.trailers.push(await read(job, limits, { layer: number, budget, keeper, onRecord }));
    tree.layers.push(records);
    builder.endLayer();
  }
  collect(builder.walker.root, tree.files);
  return tree;
}

/** Not recursive: directories may be nested as deep as a name is long. */
function collect(root: TreeNode, files: Map<string, TreeFile>): void {
  const stack: [string, TreeNode][] = [['.', root]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [path, node] = top;
    if (node.record !== null && node.inode !== null)
      files.set(path, { record: node.record, inode: node.inode });
    for (const [name, child] of node.children ?? [])
      stack.push([path === '.' ? name : `${path}/${name}`, child]);
  }
}
