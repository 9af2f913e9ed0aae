import { BLOCK, type RawHeader } from './header.ts';
import { count, headerNumber, TarFault } from './numbers.ts';
import { paxValue, type PaxRecords } from './pax.ts';
import { ContentMapReader, hasMapInContent, oldSparseRegions, paxRegions } from './sparse.ts';
import type { SparseRegion } from './sparse.ts';

const MAX_REGIONS = 1_000_000;

/** Finds the map of one sparse file, wherever it stands: in the header, in blocks behind it, in front of the content. */
export class SparseReader {
  /** Null for a file that is not sparse. */
  regions: SparseRegion[] | null = null;
  /** Bytes of the file with its holes; null for a file that is not sparse. */
  realSize: number | null = null;
  /** Blocks that hold more of the map come next. */
  more = false;
  /** How much of the stored content was map. */
  mapBytes = 0;
  #inContent: ContentMapReader | null = null;

  /** @param block the header as it stands. @throws TarFault */
  constructor(header: RawHeader, block: Buffer, pax: PaxRecords) {
    if (header.typeflag === 'S') this.#old(block);
    else this.#pax(pax);
  }

  /** @param stored bytes of content in the archive. @throws TarFault */
  block(block: Buffer, stored: number): void {
    if (this.#inContent === null) {
      this.regions?.push(...oldSparseRegions(block, 0, 21));
      if ((this.regions?.length ?? 0) > MAX_REGIONS) throw new TarFault('bad sparse map');
      this.more = block[504] !== 0;
      return;
    }
    this.mapBytes += BLOCK;
    if (this.mapBytes > stored) throw new TarFault('bad sparse map');
    this.regions = this.#inContent.push(block);
    this.more = this.regions === null;
  }

  #old(block: Buffer): void {
    this.regions = oldSparseRegions(block, 386, 4);
    this.realSize = headerNumber(block, 483, 12);
    if (this.realSize < 0) throw new TarFault('negative size');
    this.more = block[482] !== 0;
  }

  #pax(pax: PaxRecords): void {
    this.regions = paxRegions(pax);
    if (!hasMapInContent(pax) && this.regions === null) return;
    const real = paxValue(pax, 'GNU.sparse.realsize') ?? paxValue(pax, 'GNU.sparse.size');
    if (real === undefined) throw new TarFault('a sparse file without its real size');
    this.realSize = count(real);
    if (!hasMapInContent(pax)) return;
    this.#inContent = new ContentMapReader();
    this.more = true;
  }
}
