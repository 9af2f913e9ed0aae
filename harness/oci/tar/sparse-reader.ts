import { BLOCK, type RawHeader } from './header.ts';
import { count, headerNumber, TarFault } from './numbers.ts';
import { override, type PaxRecords } from './pax.ts';
import { ContentMapReader, oldSparseRegions, paxSparse } from './sparse.ts';
import type { SparseRegion } from './sparse.ts';

const MAX_REGIONS = 1_000_000;

/** Finds the map of one sparse file, wherever it stands: in the header, in blocks behind it, in front of the content. */
export class SparseReader {
  /** Null for a file that is not sparse. */
  regions: SparseRegion[] | null = null;
  /** Bytes of the file with its holes; null for a file that is not sparse. */
  realSize: number | null = null;
  /** What the file is called, where its map is; else null. */
  name: string | null = null;
  /** Blocks that hold more of the map come next. */
  more = false;
  /** How much of the stored content was map. */
  mapBytes = 0;
  #inContent: ContentMapReader | null = null;

  /** @param block the header as it stands. @param stored bytes of content in the archive. @throws TarFault */
  constructor(header: RawHeader, block: Buffer, pax: PaxRecords, stored: number) {
    if (header.typeflag !== 'S') this.#pax(pax, stored);
    else if (header.dialect === 'gnu') this.#old(block);
    else throw new TarFault('a sparse file in a header that is not of GNU');
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

  #pax(pax: PaxRecords, stored: number): void {
    const found = paxSparse(pax);
    if (found === null) return;
    this.name = override(pax, 'GNU.sparse.name') ?? null;
    const real = override(pax, 'GNU.sparse.size') ?? override(pax, 'GNU.sparse.realsize');
    this.realSize = real === undefined ? stored : count(real);
    this.regions = found.regions;
    if (found.regions !== null) return;
    this.#inContent = new ContentMapReader();
    this.more = true;
  }
}
