import { TarFault } from './numbers.ts';
import type { SparseMap } from './sparse.ts';
import type { TarHandler } from './types.ts';

const zeros = Buffer.alloc(65_536);

/** Hands the stored bytes of one entry on, with the holes of a sparse file filled by zeros. */
export class ContentFeed {
  readonly #handler: TarHandler;
  readonly #map: SparseMap | null;
  readonly #wanted: boolean;
  #region = 0;
  #position = 0;

  constructor(handler: TarHandler, map: SparseMap | null, wanted: boolean) {
    this.#handler = handler;
    this.#map = map;
    this.#wanted = wanted;
  }

  data(piece: Buffer): void {
    if (!this.#wanted) return;
    if (this.#map === null) {
      this.#handler.data(piece);
      return;
    }
    for (let at = 0; at < piece.length;) {
      const region = this.#map.regions[this.#region];
      if (region === undefined) throw new TarFault('bad sparse map');
      this.#holeUpTo(region.offset);
      const length = Math.min(piece.length - at, region.offset + region.length - this.#position);
      this.#handler.data(piece.subarray(at, at + length));
      at += length;
      this.#position += length;
      if (this.#position === region.offset + region.length) this.#region++;
    }
  }

  end(): void {
    if (this.#wanted && this.#map !== null) this.#holeUpTo(this.#map.realSize);
  }

  #holeUpTo(offset: number): void {
    while (this.#position < offset) {
      const length = Math.min(zeros.length, offset - this.#position);
      this.#handler.data(zeros.subarray(0, length));
      this.#position += length;
    }
  }
}
