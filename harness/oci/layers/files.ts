import { imageInvalid } from '../fault.ts';
import { layerJob } from './layer.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { nameText } from '../names.ts';
import { recordLayer, type ContentKeeper, type EntryRecord } from './records.ts';
import { readTree, type TreeFile } from './tree.ts';
import type { OciImage, ReadLimits } from '../types.ts';

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
  readonly kept = new Map<EntryRecord, Buffer>();
  readonly #wants: (record: EntryRecord) => boolean;
  readonly #limits: FileLimits;
  #total = 0;

  constructor(wants: (record: EntryRecord) => boolean, limits: FileLimits) {
    this.#wants = wants;
    this.#limits = limits;
  }

  wants(record: EntryRecord): boolean {
    if (!this.#wants(record)) return false;
    this.#total += record.size;
    if (record.size > this.#limits.fileBytes || this.#total > this.#limits.totalBytes) {
      throw imageInvalid(
        `a file of ${record.size} bytes is too large to be read here`,
        nameText(record.path),
      );
    }
    return true;
  }

  keep(record: EntryRecord, content: Buffer): void {
    this.kept.set(record, content);
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
  const bounds = { ...DEFAULT_FILE_LIMITS, ...limits };
  const keeper = new Keeper((record) => wanted(nameText(record.path)), bounds);
  const tree = await readTree(image, { limits: DEFAULT_LIMITS, keeper });
  const found: [string, TreeFile][] = [];
  for (const [path, file] of tree.files) {
    if (file.inode.type === 'file' && wanted(nameText(path))) found.push([nameText(path), file]);
  }
  // A path that leads through a symbolic link, or a hard link to something not asked for, takes a second look.
  const missing = found.filter(([, { inode }]) => !keeper.kept.has(inode)).map(([, { inode }]) => inode);
  const later = await readContents(image, missing, bounds);
  const contents = found.map(([path, { inode }]): [string, Uint8Array] => [
    path,
    keeper.kept.get(inode) ?? later.get(inode) ?? new Uint8Array(),
  ]);
  return new Map(contents.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Content of entries found before, read again from their layers.
 * @throws TwinproofError image-invalid
 */
export async function readContents(
  image: OciImage,
  records: readonly EntryRecord[],
  limits: FileLimits = DEFAULT_FILE_LIMITS,
  readLimits: ReadLimits = DEFAULT_LIMITS,
): Promise<Map<EntryRecord, Buffer>> {
  const contents = new Map<EntryRecord, Buffer>();
  const layers = Map.groupBy(records, ({ layer }) => layer);
  for (const [number, wanted] of layers) {
    const layer = image.layers[number];
    if (layer === undefined) continue;
    const byPosition = new Map(wanted.map((record) => [record.position, record]));
    const keeper = new Keeper(({ position }) => byPosition.has(position), limits);
    const budget = { entries: readLimits.entries, metadataBytes: readLimits.metadataBytes };
    const onRecord = (): void => undefined;
    await recordLayer(await layerJob(image, layer), readLimits, { layer: number, budget, keeper, onRecord });
    for (const [record, content] of keeper.kept) {
      const original = byPosition.get(record.position);
      if (original !== undefined) contents.set(original, content);
    }
  }
  return contents;
}
