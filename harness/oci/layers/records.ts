import { createHash, hash, type Hash } from 'node:crypto';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { readLayer, type LayerJob } from './layer.ts';
import type { Pace } from './pace.ts';
import { cleanPath, nameText } from '../names.ts';
import type { TarEntry, TarHandler } from '../tar/types.ts';
import type { ReadLimits } from '../types.ts';

/** An entry of a layer with the digest of its content. */
export interface EntryRecord extends TarEntry {
  /** Without leading `./` or `/`; a binary string. */
  path: string;
  /** sha256 of the content of a file, 32 bytes as a binary string; empty for everything else. */
  content: string;
  /** Number of the layer, from 0. */
  layer: number;
  /** Place among the layer's entries, from 0. */
  position: number;
}

/** Tells the entries of an image apart, as a number. */
export function recordKey({ layer, position }: Pick<EntryRecord, 'layer' | 'position'>): number {
  return layer * 2 ** 32 + position;
}

/** What follows the last entry of a layer. */
export interface Trailer {
  size: number;
  /** sha256, hex. */
  sha256: string;
}

/** Counts down what all entries of an image together may take. */
export interface Budget {
  entries: number;
  metadataBytes: number;
}

/** Decides, entry by entry, whether content is to be kept; gets it when it is complete. */
export interface ContentKeeper {
  /** Memory as large as the file, or null when it is not wanted. Asked only for files. */
  room(record: EntryRecord): Buffer | null;
  /** @param content what `room` gave, now filled */
  keep(record: EntryRecord, content: Buffer): void;
}

function sha256Binary(bytes: Buffer): string {
  return hash('sha256', bytes, 'binary');
}

const EMPTY = sha256Binary(Buffer.alloc(0));

/** Owner names repeat in every entry: one string each instead of one an entry. */
class Interner {
  readonly #known = new Map<string, string>();

  get(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size < 4096) this.#known.set(text, text);
    return text;
  }
}

/** What the names and attributes of an entry take from the budget. */
export function metadataBytes({ name, linkname, uname, gname, xattrs }: TarEntry): number {
  let bytes = name.length + linkname.length + uname.length + gname.length;
  for (const [key, value] of xattrs ?? []) bytes += key.length + value.length;
  return bytes;
}

/** Takes what entries cost from what is left. @throws TwinproofError image-invalid when it is not enough */
export function charge(budget: Budget, cost: Budget, where: string): void {
  budget.entries -= cost.entries;
  budget.metadataBytes -= cost.metadataBytes;
  if (budget.entries < 0) throw imageInvalid('has more entries than the limit', where);
  if (budget.metadataBytes < 0) throw imageInvalid('its names and attributes exceed the limit', where);
}

/** Contiguous and old GNU sparse files are files to programs for tar only: containerd, Docker and podman refuse them. */
const NOT_UNPACKED = '7S';

class Recorder implements TarHandler {
  readonly trailerHash = createHash('sha256');
  trailerSize = 0;
  #position = 0;
  #record: EntryRecord | null = null;
  #hash: Hash | null = null;
  #received = 0;
  #room: Buffer | null = null;
  readonly #names = new Interner();
  readonly #options: RecordOptions;

  readonly #where: string;

  constructor(options: RecordOptions, where: string) {
    this.#options = options;
    this.#where = where;
  }

  entry(entry: TarEntry, typeflag: string): boolean {
    const { budget, layer } = this.#options;
    const where = this.#where;
    if (NOT_UNPACKED.includes(typeflag))
      throw imageUnsupported(
        `an entry of type "${typeflag}", which engines do not unpack`,
        `${where}: ${nameText(entry.name)}`,
      );
    const path = cleanPath(entry.name);
    if (path === null)
      throw imageInvalid('a name leads out of the image', `${where}: ${nameText(entry.name)}`);
    charge(budget, { entries: 1, metadataBytes: metadataBytes(entry) }, where);
    const record: EntryRecord = Object.assign(entry, {
      path,
      content: '',
      layer,
      position: this.#position++,
    });
    record.uname = this.#names.get(entry.uname);
    record.gname = this.#names.get(entry.gname);
    if (record.name.length === path.length) record.name = path;
    this.#record = record;
    if (entry.type !== 'file') return false;
    record.content = EMPTY;
    this.#received = 0;
    this.#room = this.#options.keeper?.room(record) ?? null;
    return entry.size > 0;
  }

  data(piece: Buffer): void {
    const record = this.#record;
    if (record === null) return;
    // A copy: pieces are only valid during the call.
    if (this.#room !== null) piece.copy(this.#room, this.#received);
    this.#received += piece.length;
    if (piece.length === record.size) record.content = sha256Binary(piece);
    else (this.#hash ??= createHash('sha256')).update(piece);
  }

  entryEnd(): void {
    const record = this.#record;
    if (record === null) return;
    if (this.#hash !== null) record.content = this.#hash.digest('binary');
    if (this.#room !== null) this.#options.keeper?.keep(record, this.#room);
    this.#record = null;
    this.#hash = null;
    this.#room = null;
    this.#options.onRecord(record);
  }

  trailer(piece: Buffer): void {
    this.trailerHash.update(piece);
    this.trailerSize += piece.length;
  }
}

export interface RecordOptions {
  /** Number of the layer, from 0. */
  layer: number;
  /** What is left of it afterwards is for the layers to come. */
  budget: Budget;
  keeper: ContentKeeper | null;
  pace?: Pace;
  onRecord: (record: EntryRecord) => void;
}

/**
 * Reads one layer and hands on its entries in order, each with the digest of its content.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function recordLayer(
  job: LayerJob,
  limits: ReadLimits,
  options: RecordOptions,
): Promise<Trailer> {
  const recorder = new Recorder(options, job.where);
  await readLayer(job, recorder, limits, options.pace);
  return { size: recorder.trailerSize, sha256: recorder.trailerHash.digest('hex') };
}
