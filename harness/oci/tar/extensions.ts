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
  /** What stands in front of the next entry, be it empty; null for nothing. */
  #found: Extensions | null = null;
  #flag = '';
  #left = 0;
  #parts: Buffer[] = [];

  static takes({ typeflag }: RawHeader): boolean {
    return 'xXgLK'.includes(typeflag);
  }

  /** Whether there is something that still waits for its entry. */
  get waiting(): boolean {
    return this.#found !== null;
  }

  /** Whether the header that was begun last is a global one, which belongs to no entry. */
  get isGlobal(): boolean {
    return this.#flag === 'g';
  }

  /** @returns true when blocks of content follow. @throws TarFault */
  begin({ typeflag, size }: RawHeader): boolean {
    if (size > MAX_EXTENSION_BYTES) throw new TarFault('an extended header is larger than 1 MiB');
    this.#flag = typeflag;
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
    const found = this.#found ?? none();
    this.#found = null;
    return { ...found, pax: mergePax(this.#global, found.pax) };
  }

  #finish(): void {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    if (this.isGlobal) {
      this.#global = mergePax(this.#global, parsePax(bytes)).filter(([, value]) => value !== '');
      return;
    }
    const found = (this.#found ??= none());
    if (this.#flag === 'L') found.longName = cString(bytes);
    else if (this.#flag === 'K') found.longLink = cString(bytes);
    else found.pax = parsePax(bytes);
  }
}
