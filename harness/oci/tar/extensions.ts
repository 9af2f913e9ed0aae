import { MAX_EXTENSION_BYTES } from '../limits.ts';
import type { Extensions } from './entry.ts';
import { BLOCK, type RawHeader } from './header.ts';
import { TarFault } from './numbers.ts';
import { mergePax, parsePax, type PaxRecords } from './pax.ts';

const none = (): Extensions => ({ pax: [], longName: null, longLink: null });

/** GNU long names end at the first NUL. */
function cString(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('latin1', 0, nul < 0 ? bytes.length : nul);
}

/**
 * Gathers what stands in front of an entry and belongs to it: PAX headers, local (`x`, Solaris `X`) and global (`g`),
 * and GNU long names (`L`) and link targets (`K`).
 */
export class ExtensionReader {
  #global: PaxRecords = [];
  #found = none();
  #waiting = false;
  #flag = '';
  #left = 0;
  #parts: Buffer[] = [];

  static takes({ typeflag }: RawHeader): boolean {
    return 'xXgLK'.includes(typeflag);
  }

  /** Whether there is something, be it empty, that still waits for its entry. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** @returns true when blocks of content follow. @throws TarFault */
  begin({ typeflag, size }: RawHeader): boolean {
    if (size > MAX_EXTENSION_BYTES) throw new TarFault('an extended header is larger than 1 MiB');
    this.#flag = typeflag;
    if (typeflag !== 'g') this.#waiting = true;
    this.#left = size;
    this.#parts = [];
    if (size === 0) this.#finish();
    return size > 0;
  }

  /** @returns true when more blocks follow. @throws TarFault */
  block(block: Buffer): boolean {
    const length = Math.min(BLOCK, this.#left);
    this.#parts.push(Buffer.from(block.subarray(0, length)));
    this.#left -= length;
    if (this.#left === 0) this.#finish();
    return this.#left > 0;
  }

  /** What was found for the entry that comes now, global records laid under. */
  take(): Extensions {
    const found = this.#found;
    this.#found = none();
    this.#waiting = false;
    return { ...found, pax: mergePax(this.#global, found.pax) };
  }

  #finish(): void {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    if (this.#flag === 'L') this.#found.longName = cString(bytes);
    else if (this.#flag === 'K') this.#found.longLink = cString(bytes);
    else if (this.#flag === 'g')
      this.#global = mergePax(this.#global, parsePax(bytes)).filter(([, value]) => value !== '');
    else this.#found.pax = parsePax(bytes);
  }
}
