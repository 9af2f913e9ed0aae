import type { EntryRecord } from './records.ts';

/** Larger files are not shown as text. */
export const MAX_TEXT = 512 * 1024;

interface Kept {
  key: string;
  start: number;
  end: number;
}

/**
 * The content of small text files that went by last, oldest dropped first: what differs between twins can then be
 * shown without reading the layer a second time. Only a cache: what is not here any more is read again.
 */
export class RecentTexts {
  /** Filled round and round; one piece of memory, because a copy for each text would leave it in shreds. */
  readonly #ring: Buffer;
  #at = 0;
  readonly #kept = new Map<string, Kept>();

  /** @param limit bytes, at least MAX_TEXT */
  constructor(limit: number) {
    this.#ring = Buffer.allocUnsafeSlow(limit);
  }

  wants({ binary, size }: EntryRecord): boolean {
    return !binary && size > 0 && size <= MAX_TEXT;
  }

  keep({ layer, position }: EntryRecord, content: Buffer): void {
    if (this.#at + content.length > this.#ring.length) {
      this.#forget(this.#ring.length);
      this.#at = 0;
    }
    const start = this.#at;
    const end = start + content.length;
    this.#forget(end);
    content.copy(this.#ring, start);
    this.#at = end;
    const key = `${layer}:${position}`;
    this.#kept.set(key, { key, start, end });
  }

  /** A copy. */
  get(layer: number, position: number): Buffer | null {
    const found = this.#kept.get(`${layer}:${position}`);
    return found === undefined ? null : Buffer.from(this.#ring.subarray(found.start, found.end));
  }

  /** Forgets what lies between here and `until`: that is always what was kept first. */
  #forget(until: number): void {
    for (const { key, start, end } of this.#kept.values()) {
      if (end <= this.#at || start >= until) break;
      this.#kept.delete(key);
    }
  }
}
