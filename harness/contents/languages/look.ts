import { nameText } from '../../oci/names.ts';
import type { MergedLayers } from '../../oci/layers/merge.ts';
import { recordKey, type ContentKeeper, type EntryRecord } from '../../oci/layers/records.ts';
import type { Inventory, Unowned } from '../types.ts';
import { isJar, jarEvidence } from './jars.ts';
import { isManifest, manifestEvidence } from './manifests.ts';
import { isElf, NO_ECOSYSTEM, programEvidence } from './programs.ts';
import type { Evidence, FoundPackage } from './types.ts';

/** One file is in memory at a time. What is larger is not looked at, and so may be a program. */
const MAX_BYTES = 256 * 1024 * 1024;

/** What nobody but the image's makers put there; where the database does not list files, they may be a package's. */
const BROUGHT: readonly Unowned[] = ['copied', 'state', 'dark'];

/** Files of one ecosystem of which nobody can say which packages they bring. */
export interface UnknownFiles {
  ecosystem: string;
  files: number;
  /** One of them. */
  example: string;
}

/** What an image has that no package of the distribution brings. */
export interface LanguageContents {
  /** Sorted by path. */
  packages: FoundPackage[];
  unknown: UnknownFiles[];
}

export const NO_LANGUAGES: LanguageContents = { packages: [], unknown: [] };

/** Looks at all files while an image is read: which of them belong to packages is known only behind it. */
export class LanguageLook implements ContentKeeper {
  readonly #evidence = new Map<number, Evidence>();
  readonly #most: number;

  /** @param most bytes of a file that is looked at; a larger one counts as a program */
  constructor(most = MAX_BYTES) {
    this.#most = most;
  }

  room(record: EntryRecord): Buffer | null {
    if (record.size > this.#most)
      this.#evidence.set(recordKey(record), { ecosystem: NO_ECOSYSTEM, packages: [], complete: false });
    return record.size === 0 || record.size > this.#most ? null : Buffer.allocUnsafe(record.size);
  }

  keep(record: EntryRecord, content: Buffer): void {
    const evidence = evidenceIn(nameText(record.path), content);
    if (evidence !== null) this.#evidence.set(recordKey(record), evidence);
  }

  /**
   * Packages of programming languages, and programs, that no package of the distribution brings. What a distribution packages is
   * among its own, and so are its fixes.
   */
  contents({ unowned }: Pick<Inventory, 'unowned'>, tree: MergedLayers): LanguageContents {
    const wanted = new Map(unowned.map((file) => [file.path, file]));
    const packages: FoundPackage[] = [];
    const unknown = new Map<string, UnknownFiles>();
    for (const number of tree.shown()) {
      if (tree.records.type(tree.inode(number)) !== 'file') continue;
      const path = nameText(tree.paths.text(number));
      const file = wanted.get(path);
      if (file === undefined) continue;
      const evidence = this.#evidenceOf(path, recordKey(tree.records.get(tree.inode(number))));
      if (evidence === null || (!isListed(path) && !BROUGHT.includes(file.why))) continue;
      packages.push(...evidence.packages.map((item) => ({ ...item, path })));
      if (evidence.complete) continue;
      const { ecosystem } = evidence;
      const known = unknown.get(ecosystem) ?? { ecosystem, files: 0, example: path };
      unknown.set(ecosystem, { ...known, files: known.files + 1 });
    }
    return { packages, unknown: [...unknown.values()] };
  }

  /** A path may lead through links, and not be the one under which its content was looked at. */
  #evidenceOf(path: string, key: number): Evidence | null {
    return this.#evidence.get(key) ?? manifestEvidence(path, () => null);
  }
}

const isListed = (path: string): boolean => isManifest(path) || isJar(path);

function evidenceIn(path: string, content: Buffer): Evidence | null {
  if (isElf(content)) return programEvidence(content);
  return isJar(path) ? jarEvidence(content) : manifestEvidence(path, () => content);
}
