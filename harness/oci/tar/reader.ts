import { crc32 } from 'node:zlib';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { nameText } from '../names.ts';
import { ContentFeed } from './content.ts';
import { makeEntry } from './entry.ts';
import { ExtensionReader } from './extensions.ts';
import { BLOCK, isZero, parseHeader, type RawHeader } from './header.ts';
import { TarFault, TarUnsupported } from './numbers.ts';
import { SparseReader } from './sparse-reader.ts';
import { checkedMap } from './sparse.ts';
import type { TarEntry, TarHandler } from './types.ts';

interface Pending {
  entry: TarEntry;
  /** Bytes of content in the archive. */
  stored: number;
  typeflag: string;
  sparse: SparseReader;
}

/**
 * Reads a tar archive that is pushed in piece by piece; memory stays bounded by one extended header.
 * Formats: v7, ustar, star, GNU and PAX with their long names, sparse files and big numbers.
 * A missing end marker and missing padding of the last entry are accepted, as engines do; whatever follows the marker is
 * handed on as trailer.
 */
export class TarReader {
  readonly #handler: TarHandler;
  readonly #where: string;
  #state: 'header' | 'extension' | 'sparse-map' | 'content' | 'trailer' = 'header';
  readonly #carry = Buffer.alloc(BLOCK);
  #carried = 0;
  #padding = 0;
  #offset = 0;
  #trailerBlocks = 0;
  readonly #extensions = new ExtensionReader();
  #crc = 0;
  #pending: Pending | null = null;
  #feed: ContentFeed | null = null;
  #left = 0;
  #holes: number;
  #wanted = false;
  #name = '';

  /** @param where names the archive in errors; `holeBytes` bounds the zeros that sparse files stand for. */
  constructor(handler: TarHandler, where: string, holeBytes: number) {
    this.#handler = handler;
    this.#where = where;
    this.#holes = holeBytes;
  }

  /** @throws TwinproofError image-invalid with the byte offset and the entry; unsupported. */
  push(chunk: Buffer): void {
    this.#guard(() => this.#consume(chunk));
  }

  /** No more bytes come. @throws TwinproofError image-invalid when an entry is cut off. */
  end(): void {
    this.#guard(() => {
      if (this.#state === 'trailer') {
        const rest = this.#carry.subarray(0, this.#carried);
        if (rest.some((byte) => byte !== 0)) throw new TarFault('a single block of zeros between entries');
        if (rest.length > 0) this.#handler.trailer(rest);
        return;
      }
      if (this.#state === 'header' && this.#padding > 0) this.#missingPadding();
      if (this.#state !== 'header' || this.#carried > 0)
        throw new TarFault('the archive ends in the middle of an entry');
      this.#waiting();
    });
  }

  /** True once the end marker was read: no more entries come. */
  get ended(): boolean {
    return this.#trailerBlocks > 1;
  }

  /** Bytes that the caller may leave out of `push`, because nobody wants them; announce them with `skip`. */
  skippable(): number {
    return this.#state === 'content' && !this.#wanted ? this.#left : this.#padding;
  }

  skip(bytes: number): void {
    this.#offset += bytes;
    if (this.#state === 'content') this.#left -= bytes;
    else this.#endPadding(bytes);
    this.#guard(() => this.#finishContent());
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof TarFault)) throw error;
      const entry = this.#name === '' ? '' : `, after entry ${nameText(this.#name)}`;
      const where = `${this.#where}, byte ${this.#offset}${entry}`;
      throw error instanceof TarUnsupported
        ? imageUnsupported(error.message, where)
        : imageInvalid(error.message, where);
    }
  }

  #consume(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const used = this.#step(chunk, at);
      at += used;
      this.#offset += used;
    }
  }

  #step(chunk: Buffer, at: number): number {
    const available = chunk.length - at;
    if (this.#padding > 0) {
      const used = Math.min(available, this.#padding);
      this.#paddingBytes(chunk.subarray(at, at + used));
      return used;
    }
    if (this.#state === 'content') {
      const used = Math.min(available, this.#left);
      this.#left -= used;
      this.#feed?.data(chunk.subarray(at, at + used));
      this.#finishContent();
      return used;
    }
    if (this.#state === 'trailer' && this.#trailerBlocks > 1) {
      this.#handler.trailer(at === 0 ? chunk : chunk.subarray(at));
      return available;
    }
    if (this.#carried === 0 && available >= BLOCK) {
      this.#block(chunk.subarray(at, at + BLOCK));
      return BLOCK;
    }
    const used = Math.min(available, BLOCK - this.#carried);
    chunk.copy(this.#carry, this.#carried, at, at + used);
    this.#carried += used;
    if (this.#carried === BLOCK) {
      this.#carried = 0;
      this.#block(this.#carry);
    }
    return used;
  }

  #block(block: Buffer): void {
    if (this.#state === 'trailer' || (this.#state === 'header' && isZero(block))) {
      this.#trailerBlock(block);
      return;
    }
    if (this.#state === 'header') {
      const header = parseHeader(block);
      this.#header(block);
      if (!ExtensionReader.takes(header)) {
        this.#entry(header, block);
        return;
      }
      if (this.#extensions.begin(header, block)) this.#state = 'extension';
      return;
    }
    this.#header(block);
    if (this.#state === 'extension') {
      if (!this.#extensions.block(block)) this.#state = 'header';
      return;
    }
    const { sparse, stored } = this.#current();
    sparse.block(block, stored);
    if (!sparse.more) this.#begin();
  }

  #header(block: Buffer): void {
    this.#crc = crc32(block, this.#crc);
    this.#handler.header?.(block);
  }

  #trailerBlock(block: Buffer): void {
    // One zero block alone ends nothing: GNU tar and Go disagree on what follows, so nothing may follow.
    if (!isZero(block)) throw new TarFault('a single block of zeros between entries');
    this.#waiting();
    this.#state = 'trailer';
    this.#trailerBlocks++;
    this.#handler.trailer(block);
  }

  /** Extended headers that no entry follows are of no use to anybody, as global ones are. */
  #waiting(): void {
    for (const block of this.#extensions.drop()) this.#handler.trailer(block);
  }

  #entry(header: RawHeader, block: Buffer): void {
    const extensions = this.#extensions.take();
    const entry = makeEntry(header, extensions, this.#crc);
    this.#name = entry.name;
    const sparse = new SparseReader(header, block, extensions.pax, entry.size);
    this.#pending = { entry, typeflag: header.typeflag, stored: entry.size, sparse };
    if (sparse.realSize !== null) {
      if (entry.type !== 'file') throw new TarFault('a sparse map of what is no file');
      entry.size = sparse.realSize;
      entry.name = sparse.name ?? entry.name;
    }
    if (sparse.more) this.#state = 'sparse-map';
    else this.#begin();
  }

  #current(): Pending {
    if (this.#pending === null) throw new TarFault('no entry is open');
    return this.#pending;
  }

  /** All headers of the entry are read; its stored content comes next. */
  #begin(): void {
    const pending = this.#current();
    const { entry, sparse } = pending;
    pending.stored -= sparse.mapBytes;
    const map = sparse.regions === null ? null : checkedMap(sparse.regions, entry.size, pending.stored);
    if (map !== null) {
      this.#holes -= map.realSize - pending.stored;
      if (this.#holes < 0) throw new TarUnsupported('sparse files hold more zeros than the limit');
    }
    entry.headerCrc = this.#crc;
    this.#wanted = this.#handler.entry(entry, pending.typeflag);
    this.#feed = new ContentFeed(this.#handler, map, this.#wanted);
    this.#left = pending.stored;
    this.#padding = 0;
    this.#state = 'content';
    this.#crc = 0;
    this.#finishContent();
  }

  #finishContent(): void {
    if (this.#state !== 'content' || this.#left > 0) return;
    this.#feed?.end();
    this.#feed = null;
    this.#padding = (BLOCK - (this.#current().stored % BLOCK)) % BLOCK;
    this.#state = 'header';
    if (this.#padding === 0) this.#handler.entryEnd();
  }

  /** Padding is zeros; if it is not, that is a difference of the archive which no field shows. */
  #paddingBytes(bytes: Buffer): void {
    const { entry } = this.#current();
    if (!isZero(bytes)) entry.headerCrc = crc32(bytes, entry.headerCrc);
    this.#handler.padding?.(bytes);
    this.#endPadding(bytes.length);
  }

  /** Layers that umoci inserts into end like this. No field shows it, either. */
  #missingPadding(): void {
    const { entry } = this.#current();
    entry.headerCrc = crc32(Buffer.from(`without ${this.#padding}`), entry.headerCrc);
    this.#endPadding(this.#padding);
  }

  #endPadding(bytes: number): void {
    if (this.#padding === 0) return;
    this.#padding -= bytes;
    if (this.#padding === 0) this.#handler.entryEnd();
  }
}
