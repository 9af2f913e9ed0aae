import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { nameText } from '../../oci/names.ts';
import { mergeLayers, type MergedLayers } from '../../oci/layers/merge.ts';
import { recordKey, type ContentKeeper, type EntryRecord } from '../../oci/layers/records.ts';
import type { OciImage } from '../../oci/types.ts';
import { hardeningOf, type Hardening } from '../hardening.ts';
import type { Program } from './program-names.ts';
import { isElf, isPacked, programByContent } from './programs.ts';
import { secretIn, type Secret } from './secrets.ts';

/** What the content of a file says. */
export interface FileFacts {
  record: EntryRecord;
  program: Program | null;
  secret: Secret | null;
  hardening: Hardening | null;
}

/** An image whose files were all looked at once. */
export interface ScannedImage {
  tree: MergedLayers;
  /** Of files that say something, by recordKey; also of those that a later layer hides. */
  facts: ReadonlyMap<number, FileFacts>;
  /** Content of files that were asked for, by recordKey. */
  kept: ReadonlyMap<number, Buffer>;
  /** Files that were too large to be looked at. */
  tooLarge: readonly EntryRecord[];
  /** Programs that are packed, so that nobody sees what they are. */
  packed: readonly EntryRecord[];
}

/** Of a larger file nothing is said; none of the programs that are looked for is nearly as large. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Looks at files while they stream by, so that only one is in memory at a time. */
class Scanner implements ContentKeeper {
  readonly facts = new Map<number, FileFacts>();
  readonly kept = new Map<number, Buffer>();
  readonly tooLarge: EntryRecord[] = [];
  readonly packed: EntryRecord[] = [];
  readonly #wanted: (path: string) => boolean;

  constructor(wanted: (path: string) => boolean) {
    this.#wanted = wanted;
  }

  room(record: EntryRecord): Buffer | null {
    if (record.size === 0) return null;
    if (record.size > MAX_BYTES) {
      this.tooLarge.push(record);
      return null;
    }
    return Buffer.allocUnsafe(record.size);
  }

  keep(record: EntryRecord, content: Buffer): void {
    const program = programByContent(content, (record.mode & 0o111) !== 0);
    const secret = secretIn(content, nameText(record.path));
    if (isPacked(content)) this.packed.push(record);
    const hardening = isElf(content) ? hardeningOf(content) : null;
    if (program !== null || secret !== null || hardening !== null)
      this.facts.set(recordKey(record), { record, program, secret, hardening });
    if (this.#wanted(nameText(record.path))) this.kept.set(recordKey(record), content);
  }
}

/**
 * Reads an image once, looking at the content of every file of every layer.
 * @param wanted is asked about paths whose content is to be kept; a path that leads through a symbolic link is not seen
 * @throws TwinproofError image-invalid, unsupported
 */
export async function scanImage(image: OciImage, wanted: (path: string) => boolean): Promise<ScannedImage> {
  const scanner = new Scanner(wanted);
  const tree = await mergeLayers(image, { limits: DEFAULT_LIMITS, keeper: scanner });
  const { facts, kept, tooLarge, packed } = scanner;
  return { tree, facts, kept, tooLarge, packed };
}
