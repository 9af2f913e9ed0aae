import { imageInvalid } from '../fault.ts';
import { layerJob, layerName } from './layer.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { nameText } from '../names.ts';
import { mergeLayers, type MergedLayers } from './merge.ts';
import { recordKey, recordLayer, type ContentKeeper, type EntryRecord } from './records.ts';
import type { OciImage } from '../types.ts';
import { compareText } from '../../model/text-order.ts';

/** Bounds on what is held in memory; bytes. */
export interface FileLimits {
  /** One file. */
  fileBytes: number;
  /** All files together. */
  totalBytes: number;
}

const DEFAULT_FILE_LIMITS: FileLimits = { fileBytes: 256 * 2 ** 20, totalBytes: 512 * 2 ** 20 };

/** Keeps what was asked for, within bounds. */
class Keeper implements ContentKeeper {
  /** By recordKey. */
  readonly kept = new Map<number, Buffer>();
  readonly #wants: (record: EntryRecord) => boolean;
  readonly #limits: FileLimits;
  readonly #also: ContentKeeper | null;
  #total = 0;

  constructor(
    wants: (record: EntryRecord) => boolean,
    limits: FileLimits,
    also: ContentKeeper | null = null,
  ) {
    this.#wants = wants;
    this.#limits = limits;
    this.#also = also;
  }

  room(record: EntryRecord): Buffer | null {
    const other = this.#also?.room(record) ?? null;
    if (!this.#wants(record)) return other;
    this.charge(record);
    return Buffer.allocUnsafe(record.size);
  }

  /** @throws TwinproofError image-invalid beyond the limits */
  charge(record: EntryRecord): void {
    this.#total += record.size;
    if (record.size > this.#limits.fileBytes || this.#total > this.#limits.totalBytes) {
      throw imageInvalid(
        `a file of ${record.size} bytes is too large to be read here`,
        nameText(record.path),
      );
    }
  }

  keep(record: EntryRecord, content: Buffer): void {
    if (this.#wants(record)) this.kept.set(recordKey(record), content);
    this.#also?.keep(record, content);
  }
}

/**
 * Content of regular files of the merged tree (whiteouts respected, hard links resolved).
 * @param wanted is asked about paths without a leading slash, as text (bytes that are not UTF-8 as `\xNN`)
 * @returns by that path, sorted
 * @throws TwinproofError image-invalid, unsupported; also when a wanted file is larger than the limits
 */
export async function readFiles(
  image: OciImage,
  wanted: (path: string) => boolean,
  limits: Partial<FileLimits> = {},
): Promise<Map<string, Uint8Array>> {
  return (await readTreeAndFiles(image, wanted, limits)).files;
}

/**
 * The merged tree, and the content of some of its files (see `readFiles`), in one pass over the layers.
 * @param also looks at files of all layers in the same pass; it may not change what it gets
 */
export async function readTreeAndFiles(
  image: OciImage,
  wanted: (path: string) => boolean,
  { also = null, ...limits }: Partial<FileLimits> & { also?: ContentKeeper | null } = {},
): Promise<{ tree: MergedLayers; files: Map<string, Uint8Array> }> {
  const bounds = { ...DEFAULT_FILE_LIMITS, ...limits };
  const keeper = new Keeper((record) => wanted(nameText(record.path)), bounds, also);
  const tree = await mergeLayers(image, { limits: DEFAULT_LIMITS, keeper });
  const found: [string, EntryRecord][] = [];
  for (const path of tree.shown()) {
    if (tree.records.type(tree.inode(path)) !== 'file') continue;
    const name = nameText(tree.paths.text(path));
    if (wanted(name)) found.push([name, tree.records.get(tree.inode(path))]);
  }
  // A path that leads through a symbolic link, or a hard link to something not asked for, takes a second look.
  const missing = found.filter(([, inode]) => !keeper.kept.has(recordKey(inode))).map(([, inode]) => inode);
  const later = await readContents(image, missing, bounds);
  const contents = found.map(([path, inode]): [string, Uint8Array] => {
    const key = recordKey(inode);
    return [path, keeper.kept.get(key) ?? later.get(key) ?? new Uint8Array()];
  });
  return { tree, files: new Map(contents.sort(([a], [b]) => compareText(a, b))) };
}

/** Content of entries found before, within bounds, read again from their layers. @returns by recordKey */
async function readContents(
  image: OciImage,
  records: readonly EntryRecord[],
  limits: FileLimits,
): Promise<Map<number, Buffer>> {
  const keeper = new Keeper(() => true, limits);
  for (const record of records) keeper.charge(record);
  await eachContent(image, records, (record, content) => keeper.keep(record, Buffer.from(content)));
  return keeper.kept;
}

/** Ends the reading of a layer when all that was wanted of it is there. */
class Enough extends Error {}

/** Hands wanted contents on, each checked against the digest that it had when the layer was read as a whole. */
class Gatherer implements ContentKeeper {
  readonly #wanted: Map<number, EntryRecord>;
  readonly #onContent: (record: EntryRecord, content: Buffer) => void;
  readonly #where: string;

  constructor(
    records: readonly EntryRecord[],
    onContent: (record: EntryRecord, content: Buffer) => void,
    where: string,
  ) {
    this.#wanted = new Map(records.map((record) => [record.position, record]));
    this.#onContent = onContent;
    this.#where = where;
  }

  room({ position, size }: EntryRecord): Buffer | null {
    const wanted = this.#wanted.get(position);
    if (wanted === undefined) return null;
    if (wanted.size !== size) throw imageInvalid('changed while it was read', this.#where);
    return Buffer.allocUnsafe(size);
  }

  keep({ position, content }: EntryRecord, bytes: Buffer): void {
    const record = this.#wanted.get(position);
    if (record === undefined) return;
    if (record.content !== content) throw imageInvalid('changed while it was read', this.#where);
    this.#onContent(record, bytes);
    this.#wanted.delete(position);
    if (this.#wanted.size === 0) throw new Enough();
  }
}

/**
 * Reads the layers again that hold these entries, and hands on their contents one by one; each layer only as far as
 * it takes.
 * @param records of layers that were read, and so verified, before
 * @param onContent its content is only valid during the call
 * @throws TwinproofError image-invalid
 */
export async function eachContent(
  image: OciImage,
  records: readonly EntryRecord[],
  onContent: (record: EntryRecord, content: Buffer) => void,
): Promise<void> {
  for (const [number, wanted] of Map.groupBy(records, ({ layer }) => layer)) {
    const layer = image.layers[number];
    if (layer === undefined) continue;
    const keeper = new Gatherer(wanted, onContent, layerName(image, layer));
    const budget = { entries: DEFAULT_LIMITS.entries, metadataBytes: DEFAULT_LIMITS.metadataBytes };
    const onRecord = (): void => undefined;
    const job = await layerJob(image, layer);
    try {
      await recordLayer(job, DEFAULT_LIMITS, { layer: number, budget, keeper, onRecord });
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
    }
  }
}
