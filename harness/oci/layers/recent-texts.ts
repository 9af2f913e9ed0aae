import type { EntryRecord } from './records.ts';

/** Larger files are not shown as text. */
export const MAX_TEXT = 512 * 1024;

/**
 * The content of small text files that went by last, oldest dropped first: what differs between twins can then be
 * shown without reading the layer a second time. Only a cache: what is not here any more is read again.
 */
export class RecentTexts {
  readonly #kept = new Map<string, Buffer>();
  #bytes = 0;
  readonly #limit: number;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  wants({ binary, size }: EntryRecord): boolean {
    return !binary && size > 0 && size <= MAX_TEXT;
  }

  keep({ layer, position }: EntryRecord, content: Buffer): void {
    this.#kept.set(`${layer}:${position}`, content);
    this.#bytes += content.length;
    for (const [key, { length }] of this.#kept) {
      if (this.#bytes <= this.#limit) break;
      this.#kept.delete(key);
      this.#bytes -= length;
    }
  }

  get(layer: number, position: number): Buffer | null {
    return this.#kept.get(`${layer}:${position}`) ?? null;
  }
}
