import { MAX_EXTENSION_BYTES } from '../limits.ts';
import type { Extensions } from './entry.ts';
import { BLOCK, type RawHeader } from './header.ts';
import { TarFault } from './numbers.ts';
import { parsePax } from './pax.ts';

/** Of all that stands in front of one entry. */
const MAX_BLOCKS = (4 * MAX_EXTENSION_BYTES) / BLOCK;

const none = (): Extensions => ({ pax: [], longName: null, longLink: null });

/** GNU long names end at the first NUL; an empty one counts for nothing. */
function longName(bytes: Buffer): string | null {
  const nul = bytes.indexOf(0);
  const name = bytes.toString('latin1', 0, nul < 0 ? bytes.length : nul);
  return name === '' ? null : name;
}

/**
 * Gathers what stands in front of an entry and belongs to it: PAX headers (`x`), GNU long names (`L`) and link targets
 * (`K`). Global PAX headers (`g`) are entries of their own to Go's reader, and so to engines: nothing in them is applied,
 * and what stands in front of one does not reach the entry behind it.
 */
export class ExtensionReader {
  /** As they stand in the archive, since the last entry. */
  #blocks: Buffer[] = [];
  #found = none();
  #flag = '';
  #left = 0;
  /** Where the content that is being read begins among the blocks. */
  #start = 0;

  static takes({ typeflag }: RawHeader): boolean {
    return 'xgLK'.includes(typeflag);
  }

  /** @returns true when blocks of content follow. @throws TarFault */
  begin({ typeflag, size }: RawHeader, block: Buffer): boolean {
    if (size > MAX_EXTENSION_BYTES) throw new TarFault('an extended header is larger than 1 MiB');
    this.#keep(block);
    this.#flag = typeflag;
    this.#left = size;
    this.#start = this.#blocks.length;
    if (size === 0) this.#finish(size);
    return size > 0;
  }

  /** @returns true when more blocks follow. @throws TarFault */
  block(block: Buffer): boolean {
    this.#keep(block);
    const length = Math.min(BLOCK, this.#left);
    this.#left -= length;
    if (this.#left === 0) this.#finish((this.#blocks.length - this.#start - 1) * BLOCK + length);
    return this.#left > 0;
  }

  /** What was found for the entry that comes now. */
  take(): Extensions {
    const found = this.#found;
    this.drop();
    return found;
  }

  /** No entry comes any more. @returns what waits for one, as it stands in the archive */
  drop(): Buffer[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#found = none();
    return blocks;
  }

  #keep(block: Buffer): void {
    if (this.#blocks.length >= MAX_BLOCKS)
      throw new TarFault('extended headers in a row are larger than 4 MiB');
    this.#blocks.push(Buffer.from(block));
  }

  #finish(size: number): void {
    const bytes = Buffer.concat(this.#blocks.slice(this.#start)).subarray(0, size);
    if (this.#flag === 'L') this.#found.longName = longName(bytes);
    else if (this.#flag === 'K') this.#found.longLink = longName(bytes);
    else if (this.#flag === 'x') this.#found.pax = parsePax(bytes);
    else {
      // Nothing is applied, but what is no PAX header is refused.
      parsePax(bytes);
      this.#found = none();
    }
  }
}
