import type { OciImage, ReadLimits } from '../types.ts';
import type { Attributes, InodeAttributes } from './attributes.ts';
import { layerJob, layerName } from './layer.ts';
import { packLayer } from './pack-layer.ts';
import type { PackedRecords } from './packed-records.ts';
import { PathTable } from './path-table.ts';
import { RecordList } from './record-list.ts';
import type { Budget, ContentKeeper, EntryRecord, Trailer } from './records.ts';
import { NONE, type Shown } from './shown.ts';
import { TreeBuilder } from './tree-builder.ts';

/** A path of the merged tree. */
export interface TreeFile {
  /** The entry that made it what it is. */
  record: EntryRecord;
  /** The entry that holds the content and names of an inode: `record` itself, or the target of a hard link. */
  inode: EntryRecord;
  /** What is set on it, where that is not what the entry says. */
  attributes?: Attributes;
}

/** A path of the merged tree that takes no more than two numbers until somebody looks at it. */
export class PackedFile {
  readonly #records: RecordList;
  readonly #record: number;
  readonly #inode: number;
  readonly #attributes: InodeAttributes | null;

  /** @param attributes what others have set; none for an entry as it stands in its archive */
  constructor(records: RecordList, record: number, inode: number, attributes: InodeAttributes | null = null) {
    this.#records = records;
    this.#record = record;
    this.#inode = inode;
    this.#attributes = attributes;
  }

  /** Objects anew each time. */
  read(): TreeFile {
    const record = this.#records.get(this.#record);
    const inode = this.#inode === this.#record ? record : this.#records.get(this.#inode);
    const attributes = this.#attributes?.get(this.#inode);
    return { record, inode, ...(attributes === undefined ? {} : { attributes }) };
  }
}

/** What an image looks like once all its layers are laid over each other, and the entries as they stand in them. */
export class MergedLayers {
  readonly records: RecordList;
  /** May be shared with another image. */
  readonly paths: PathTable;
  readonly trailers: readonly Trailer[];
  /** How many paths the tree has. */
  readonly size: number;
  /** Of inodes that did not stay as the entry with their content made them. */
  readonly attributes: InodeAttributes;
  readonly #shown: Shown;

  constructor(
    records: RecordList,
    paths: PathTable,
    trailers: readonly Trailer[],
    { shown, attributes }: Pick<TreeBuilder, 'shown' | 'attributes'>,
  ) {
    this.records = records;
    this.paths = paths;
    this.trailers = trailers;
    this.attributes = attributes;
    this.#shown = shown;
    this.size = shown.settle(paths);
  }

  /** Number of the record that made a path what it is; NONE for a path that this image does not have. */
  record(path: number): number {
    return this.#shown.record(path);
  }

  /** Number of the record that holds its content. */
  inode(path: number): number {
    return this.#shown.inode(path);
  }

  /** As it is in the tree. */
  file(path: number): PackedFile | null {
    const record = this.record(path);
    if (record === NONE) return null;
    return new PackedFile(this.records, record, this.inode(path), this.attributes);
  }

  fileAt(path: string): PackedFile | null {
    const number = this.paths.findPath(path);
    return number === NONE ? null : this.file(number);
  }

  /** An entry as it stands in its archive: a hard link is not looked through. */
  entry(record: number): PackedFile {
    return new PackedFile(this.records, record, record);
  }

  /** All paths of the tree by number. */
  *shown(): Generator<number> {
    const { size } = this.paths;
    for (let path = 0; path < size; path++) if (this.record(path) !== NONE) yield path;
  }
}

export interface MergeOptions {
  limits: ReadLimits;
  /** Keeps content as it streams by. */
  keeper?: ContentKeeper;
  /** Sees each entry once it has been laid over the others. */
  onRecord?: (records: RecordList, record: number, path: string) => void;
  /** Reads a layer elsewhere, in a thread of its own say; never with a keeper. */
  read?: typeof packLayer;
  /** Numbers for the paths, where another image is to have the same. */
  paths?: PathTable;
}

/**
 * Reads all layers and merges them: whiteouts and opaque directories applied, hard links tied to their inode, parent
 * directories that are symbolic links of the same layer followed inside the image.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function mergeLayers(image: OciImage, options: MergeOptions): Promise<MergedLayers> {
  const { limits, keeper = null, read = packLayer, paths = new PathTable() } = options;
  const records = new RecordList();
  const builder = new TreeBuilder(paths, records, limits.entries);
  const budget: Budget = { entries: limits.entries, metadataBytes: limits.metadataBytes };
  const onPack = (pack: PackedRecords): void => {
    const first = records.length;
    records.add(pack);
    for (let record = first; record < records.length; record++) {
      const path = records.path(record);
      builder.add(record, path);
      options.onRecord?.(records, record, path);
    }
  };
  const trailers: Trailer[] = [];
  for (const [layer, description] of image.layers.entries()) {
    records.startLayer();
    builder.startLayer(layerName(image, description));
    trailers.push(await read(await layerJob(image, description), limits, { layer, budget, keeper, onPack }));
    builder.endLayer();
  }
  return new MergedLayers(records, paths, trailers, builder);
}
