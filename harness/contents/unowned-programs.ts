import { basename } from 'node:path/posix';
import { DEFAULT_LIMITS } from '../oci/limits.ts';
import { mergeLayers } from '../oci/layers/merge.ts';
import type { ContentKeeper, EntryRecord } from '../oci/layers/records.ts';
import { nameText } from '../oci/names.ts';
import type { OciImage } from '../oci/types.ts';
import type { LanguagePackages } from './language-packages.ts';
import type { Inventory, Unowned, UnownedFile } from './types.ts';

/** One file is in memory at a time. What is larger is not looked at, and so may be a program. */
const MAX_BYTES = 256 * 1024 * 1024;

const ELF = Buffer.from('\x7fELF', 'latin1');

/**
 * What tells what a program was made of: the marks of `debug/buildinfo` of Go, and of the folder of the standard library that
 * rustc leaves in panic messages.
 */
const MADE_OF: readonly (readonly [ecosystem: string, mark: string])[] = [
  ['Go', '\xff Go buildinf:'],
  ['crates.io', '/rustc/'],
];

/** Stands for the ecosystem of a program that does not tell what it was made of. */
export const NO_ECOSYSTEM = 'none';

/** What nobody but the image's makers put there; where the database does not list files, they may be a package's. */
const BROUGHT: readonly Unowned[] = ['copied', 'state', 'dark'];

interface Program {
  ecosystem: string;
  path: string;
}

const keyOf = (layer: number, path: string): string => `${layer} ${path}`;

/** Looks at the files of these layers and names; a path may lead through links there, and be another one in the tree. */
class Programs implements ContentKeeper {
  readonly #byPath = new Map<string, Program | null>();
  readonly #byName = new Map<string, Program>();
  readonly #names: ReadonlySet<string>;
  readonly #most: number;

  constructor(wanted: readonly UnownedFile[], most: number) {
    this.#most = most;
    this.#names = new Set(wanted.map(({ layer, path }) => keyOf(layer, basename(path))));
  }

  room({ layer, path, size }: EntryRecord): Buffer | null {
    const name = nameText(path);
    if (!this.#names.has(keyOf(layer, basename(name)))) return null;
    if (size > this.#most) {
      this.#note(layer, { ecosystem: NO_ECOSYSTEM, path: name });
      return null;
    }
    this.#byPath.set(keyOf(layer, name), null);
    return size > ELF.length ? Buffer.allocUnsafe(size) : null;
  }

  keep({ layer, path: raw }: EntryRecord, content: Buffer): void {
    if (!content.subarray(0, ELF.length).equals(ELF)) return;
    const ecosystem = MADE_OF.find(([, mark]) => content.includes(mark, 'latin1'))?.[0] ?? NO_ECOSYSTEM;
    this.#note(layer, { ecosystem, path: nameText(raw) });
  }

  #note(layer: number, program: Program): void {
    this.#byPath.set(keyOf(layer, program.path), program);
    this.#byName.set(keyOf(layer, basename(program.path)), program);
  }

  of({ layer, path }: UnownedFile): Program | null {
    const there = this.#byPath.get(keyOf(layer, path));
    return there === undefined ? (this.#byName.get(keyOf(layer, basename(path))) ?? null) : there;
  }
}

/**
 * Programs and libraries (ELF) that no package of the distribution brings: no advisory about packages says anything of them.
 * @param most bytes of a file that is looked at; a larger one counts as a program
 * @throws TwinproofError image-invalid, unsupported
 */
export async function unownedPrograms(
  image: OciImage,
  { unowned }: Pick<Inventory, 'unowned'>,
  most = MAX_BYTES,
): Promise<LanguagePackages[]> {
  const wanted = unowned.filter(({ why }) => BROUGHT.includes(why));
  if (wanted.length === 0) return [];
  const programs = new Programs(wanted, most);
  await mergeLayers(image, { limits: DEFAULT_LIMITS, keeper: programs });
  const found = wanted.flatMap((file) => {
    const program = programs.of(file);
    return program === null ? [] : [{ ecosystem: program.ecosystem, path: file.path }];
  });
  return [...Map.groupBy(found, ({ ecosystem }) => ecosystem)].map(([ecosystem, all]) => ({
    ...{ ecosystem, files: all.length, example: all[0]?.path ?? '' },
  }));
}
