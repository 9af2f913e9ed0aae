import type { TwinproofError } from '../../errors.ts';
import { imageInvalid } from '../fault.ts';
import { InodeAttributes, type Attributes } from './attributes.ts';
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
  /** What is set on it, where that is not what the entry says. */
  attributes?: Attributes;
}

/** What an image looks like once all its layers are laid over each other. */
export interface MergedTree {
  /** By path (binary strings), in no particular order. The root is `.`. */
  files: Map<string, TreeFile>;
  /** Entries of each layer as they stand in the archive; empty unless asked for. */
  layers: EntryRecord[][];
  trailers: Trailer[];
  /** Of inodes that did not stay as the entry with their content made them. */
  attributes: ReadonlyMap<EntryRecord, Attributes>;
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

/** A name that a whiteout of the current layer stands for. */
interface Whiteout {
  parent: TreeNode;
  name: string;
  node: TreeNode;
}

/**
 * Lays layers over one another as containerd, Docker and podman do on overlayfs; docs/diff.md says where they differ.
 * Source: OCI image-spec layer.md, "Applying Changesets"; what the three make of it where that leaves it open.
 */
class TreeBuilder {
  readonly walker: TreeWalker;
  readonly attributes = new InodeAttributes();
  #layer = 0;
  #where = '';
  #whiteouts: Whiteout[] = [];

  constructor(limits: ReadLimits) {
    this.walker = new TreeWalker(limits.entries * STEPS_PER_ENTRY);
  }

  startLayer(layer: number, where: string): void {
    this.#layer = layer;
    this.#where = where;
    this.#whiteouts = [];
  }

  add(record: EntryRecord): void {
    if (record.path === '.') {
      if (record.type !== 'dir') throw imageInvalid('the root is not a directory', this.#where);
      this.walker.root.set(record, record);
      return;
    }
    const [parentPath, name] = splitPath(record.path);
    const parent = this.walker.directory(parentPath, this.#layer, () => this.#fault(record, BAD_WAY));
    if (parent === null) {
      // Some tools hide what lies in a directory that they hide as well; podman passes over it.
      if (!name.startsWith(WHITEOUT))
        throw this.#fault(record, 'the same layer has a whiteout of its directory');
    } else if (name === OPAQUE) {
      // The root is no directory of a layer above another to overlayfs.
      if (parent !== this.walker.root) parent.removeOlder(this.#layer);
    } else if (name.startsWith(WHITEOUT)) this.#whiteout(parent, name.slice(WHITEOUT.length), record);
    else this.#place(child(parent, name), record);
  }

  endLayer(): void {
    for (const { parent, name, node } of this.#whiteouts) {
      if (node.whiteout && parent.children?.get(name) === node) parent.children.delete(name);
    }
  }

  /**
   * Hides what lower layers have. A directory of the same name that follows takes the whiteout's place, and what the
   * lower layers have in it is seen again.
   */
  #whiteout(parent: TreeNode, name: string, record: EntryRecord): void {
    if (['', '.', '..'].includes(name)) throw this.#fault(record, 'a whiteout without a name');
    const node = child(parent, name);
    if (node.touched === this.#layer) throw this.#fault(record, 'a whiteout of what the same layer holds');
    node.touched = this.#layer;
    node.whiteout = true;
    this.#whiteouts.push({ parent, name, node });
  }

  #place(node: TreeNode, record: EntryRecord): void {
    if (record.type === 'dir') {
      const again = node.record?.type === 'dir' && node.record.layer === this.#layer ? node.record : null;
      node.set(record, record);
      if (again !== null) this.attributes.again(again, record);
      return;
    }
    node.clear();
    const inode = record.type === 'hardlink' ? this.#target(record) : record;
    node.set(record, inode);
    if (inode !== record) this.attributes.link(inode, record);
  }

  /** What is there when the link is made: no engine makes one to what comes later. */
  #target(record: EntryRecord): EntryRecord {
    const path = cleanPath(record.linkname);
    if (path === null || path === '.') throw this.#fault(record, 'a hard link leads out of the image');
    const [parentPath, name] = splitPath(path);
    const parent = this.walker.directory(parentPath, -1, () => this.#fault(record, BAD_WAY));
    const node = parent?.children?.get(name);
    const inode = node?.whiteout === true ? null : (node?.inode ?? null);
    if (inode === null) {
      throw this.#fault(record, `a hard link to "${nameText(record.linkname)}", which is not there`);
    }
    if (inode.type === 'dir') throw this.#fault(record, 'a hard link to a directory');
    return inode;
  }

  #fault(record: EntryRecord, message: string): TwinproofError {
    return imageInvalid(message, `${this.#where}: ${nameText(record.path)}`);
  }
}

/**
 * Reads all layers and merges them: whiteouts and opaque directories applied, hard links tied to their inode, parent
 * directories that are symbolic links of the same layer followed inside the image.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function readTree(image: OciImage, options: TreeOptions): Promise<MergedTree> {
  const builder = new TreeBuilder(options.limits);
  const { limits, keepRecords = false, keeper = null, record: read = recordLayer } = options;
  const budget: Budget = { entries: limits.entries, metadataBytes: limits.metadataBytes };
  const { attributes } = builder.attributes;
  const tree: MergedTree = { files: new Map(), layers: [], trailers: [], attributes };
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
