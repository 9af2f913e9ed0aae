import { crc32 } from 'node:zlib';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { MAX_EXTENSION_BYTES } from '../limits.ts';
import { nameText } from '../names.ts';
import { ContentFeed } from './content.ts';
import { makeEntry, type Extensions } from './entry.ts';
import { BLOCK, isZero, parseHeader, type RawHeader } from './header.ts';
import { count, headerNumber, TarFault } from './numbers.ts';
import { mergePax, parsePax, paxValue, type PaxRecords } from './pax.ts';
import { checkedMap, ContentMapReader, hasMapInContent, oldSparseRegions, paxRegions } from './sparse.ts';
import type { SparseRegion } from './sparse.ts';
import type { TarEntry, TarHandler } from './types.ts';

interface Pending {
  header: RawHeader;
  entry: TarEntry;
  /** Stored bytes that are still to come. */
  stored: number;
  regions: SparseRegion[];
  contentMap: ContentMapReader | null;
}

const noExtensions = (): Extensions => ({ pax: [], longName: null, longLink: null });

/**
 * Reads a tar archive that is pushed in piece by piece; memory stays bounded by one extended header.
 * Formats: v7, ustar, star, GNU and PAX with their long names, sparse files and big numbers.
 * A missing end marker is accepted, as engines do; whatever follows it is handed on as trailer.
 */
export class TarReader {
  readonly #handler: TarHandler;
  readonly #where: string;
  #state: 'header' | 'extension' | 'old-sparse' | 'content-map' | 'content' | 'trailer' = 'header';
  readonly #carry = Buffer.alloc(BLOCK);
  #carried = 0;
  #padding = 0;
  #offset = 0;
  #trailerBlocks = 0;
  #global: PaxRecords = [];
  #extensions = noExtensions();
  #extension: { flag: string; left: number; parts: Buffer[] } | null = null;
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

  /** @throws TwinproofError image-invalid with the byte offset and the entry. */
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
      const inside = this.#state !== 'header' || this.#carried > 0 || this.#padding > 0;
      if (inside || this.#extensionsOpen()) throw new TarFault('the archive ends in the middle of an entry');
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

  #extensionsOpen(): boolean {
    const { pax, longName, longLink } = this.#extensions;
    return pax.length > 0 || longName !== null || longLink !== null;
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof TarFault)) throw error;
      const entry = this.#name === '' ? '' : `, after entry ${nameText(this.#name)}`;
      throw imageInvalid(error.message, `${this.#where}, byte ${this.#offset}${entry}`);
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
    switch (this.#state) {
      case 'header':
        if (isZero(block)) {
          if (this.#extensionsOpen()) throw new TarFault('an extended header belongs to no entry');
          this.#state = 'trailer';
          this.#trailerBlocks = 1;
          this.#handler.trailer(block);
        } else this.#header(block);
        return;
      case 'trailer':
        // One zero block alone ends nothing: GNU tar and Go disagree on what follows, so nothing may follow.
        if (!isZero(block)) throw new TarFault('a single block of zeros between entries');
        this.#trailerBlocks++;
        this.#handler.trailer(block);
        return;
      case 'extension':
        this.#extensionBlock(block);
        return;
      case 'old-sparse':
        this.#oldSparseBlock(block);
        return;
      case 'content-map':
        this.#contentMapBlock(block);
        return;
      case 'content':
        return;
    }
  }

  #header(block: Buffer): void {
    const header = parseHeader(block);
    this.#crc = crc32(block, this.#crc);
    if ('xXgLK'.includes(header.typeflag)) {
      if (header.size > MAX_EXTENSION_BYTES) throw new TarFault('an extended header is larger than 1 MiB');
      this.#extension = { flag: header.typeflag, left: header.size, parts: [] };
      this.#state = 'extension';
      if (header.size === 0) this.#extensionEnd();
      return;
    }
    const pax = mergePax(this.#global, this.#extensions.pax);
    const entry = makeEntry(header, { ...this.#extensions, pax }, this.#crc);
    this.#name = entry.name;
    this.#pending = { header, entry, stored: entry.size, regions: [], contentMap: null };
    this.#sparse(block, pax, this.#pending);
  }

  /** Finds out whether the entry is sparse, and where its map is. */
  #sparse(block: Buffer, pax: PaxRecords, pending: Pending): void {
    const { entry, header } = pending;
    if (entry.type !== 'file') {
      this.#begin(null);
      return;
    }
    if (header.typeflag === 'S') {
      pending.regions = oldSparseRegions(block, 386, 4);
      entry.size = headerNumber(block, 483, 12);
      if (entry.size < 0) throw new TarFault('negative size');
      this.#state = 'old-sparse';
      if (block[482] === 0) this.#begin(pending.regions);
      return;
    }
    const real = paxValue(pax, 'GNU.sparse.realsize') ?? paxValue(pax, 'GNU.sparse.size');
    const regions = paxRegions(pax);
    if (hasMapInContent(pax) || regions !== null) {
      if (real === undefined) throw new TarFault('a sparse file without its real size');
      entry.size = count(real);
    }
    if (hasMapInContent(pax)) {
      pending.contentMap = new ContentMapReader();
      this.#state = 'content-map';
      if (pending.stored < BLOCK) throw new TarFault('bad sparse map');
    } else this.#begin(regions);
  }

  #oldSparseBlock(block: Buffer): void {
    const pending = this.#current();
    this.#crc = crc32(block, this.#crc);
    pending.regions.push(...oldSparseRegions(block, 0, 21));
    if (pending.regions.length > 1_000_000) throw new TarFault('bad sparse map');
    if (block[504] === 0) this.#begin(pending.regions);
  }

  #contentMapBlock(block: Buffer): void {
    const pending = this.#current();
    pending.stored -= BLOCK;
    if (pending.stored < 0) throw new TarFault('bad sparse map');
    this.#crc = crc32(block, this.#crc);
    const regions = pending.contentMap?.push(block) ?? null;
    if (regions !== null) this.#begin(regions);
  }

  #extensionBlock(block: Buffer): void {
    const extension = this.#extension;
    if (extension === null) return;
    this.#crc = crc32(block, this.#crc);
    const length = Math.min(BLOCK, extension.left);
    extension.parts.push(Buffer.from(block.subarray(0, length)));
    extension.left -= length;
    if (extension.left === 0) this.#extensionEnd();
  }

  #extensionEnd(): void {
    const { flag, parts } = this.#extension ?? { flag: 'x', parts: [] };
    const bytes = Buffer.concat(parts);
    const nul = bytes.indexOf(0);
    const text = bytes.toString('latin1', 0, nul < 0 ? bytes.length : nul);
    if (flag === 'L') this.#extensions.longName = text;
    else if (flag === 'K') this.#extensions.longLink = text;
    else if (flag === 'g')
      this.#global = mergePax(this.#global, parsePax(bytes)).filter(([, value]) => value !== '');
    else this.#extensions.pax = parsePax(bytes);
    this.#extension = null;
    this.#state = 'header';
  }

  #current(): Pending {
    if (this.#pending === null) throw new TarFault('no entry is open');
    return this.#pending;
  }

  /** All headers of the entry are read; its stored content comes next. */
  #begin(regions: SparseRegion[] | null): void {
    const { entry, stored } = this.#current();
    const map = regions === null ? null : checkedMap(regions, entry.size, stored);
    if (map !== null) {
      this.#holes -= map.realSize - stored;
      if (this.#holes < 0) {
        throw imageUnsupported(
          'sparse files hold more zeros than the limit',
          `${this.#where}: ${nameText(entry.name)}`,
        );
      }
    }
    entry.headerCrc = this.#crc;
    this.#wanted = this.#handler.entry(entry);
    this.#feed = new ContentFeed(this.#handler, map, this.#wanted);
    this.#left = stored;
    this.#padding = 0;
    this.#state = 'content';
    this.#crc = 0;
    this.#extensions = noExtensions();
    this.#pending = { ...this.#current(), stored };
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
    this.#endPadding(bytes.length);
  }

  #endPadding(bytes: number): void {
    if (this.#padding === 0) return;
    this.#padding -= bytes;
    if (this.#padding === 0) this.#handler.entryEnd();
  }
}
