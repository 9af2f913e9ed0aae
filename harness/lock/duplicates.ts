import { pinOf } from './checksum.ts';
import type { Placed } from './entry.ts';
import { quote } from './quote.ts';
import type { LockedFile, LockedPackage } from './types.ts';
import { fileNameOf } from './url.ts';
import type { YamlReader } from './yaml-reader.ts';

/**
 * The entries without those that say the same again. Complains about two that cannot both be meant: one URL with
 * different words about it, and two files of one name in one repository (they are laid out by `<repoid>/<file>`).
 * @param tolerant whether an entry may be repeated at all; what we write ourselves never is
 */
export function withoutRepeats<T extends LockedFile>(
  reader: YamlReader,
  list: Placed<T>[],
  tolerant: boolean,
): Placed<T>[] {
  const urls = new Map<string, Placed<T>>();
  const files = new Map<string, Placed<T>>();
  const kept: Placed<T>[] = [];
  for (const placed of list) {
    const { url, repoid } = placed.entry;
    if (url === '') continue;
    const file = placeOf(placed.entry);
    const sameUrl = urls.get(url);
    const sameFile = repoid === '' ? undefined : files.get(file);
    if (sameUrl !== undefined) {
      if (tolerant && agree(sameUrl.entry, placed.entry))
        sameUrl.entry = { ...placed.entry, ...sameUrl.entry };
      else
        reader.complain(placed.at, `this URL is listed twice: ${quote(url)}`, differences(sameUrl, placed));
    } else if (sameFile !== undefined) {
      if (!tolerant || !areOne(sameFile.entry, placed.entry))
        reader.complain(placed.at, `the file is listed twice: ${quote(file)}`, differences(sameFile, placed));
    } else {
      urls.set(url, placed);
      files.set(file, placed);
      kept.push(placed);
    }
  }
  return kept;
}

/** What a build may use lies in one folder a repository, packages and metadata of modules alike. */
export function complainOfPlaces(
  reader: YamlReader,
  packages: Placed<LockedFile>[],
  metadata: Placed<LockedFile>[],
): void {
  const taken = new Map(packages.map(({ entry }) => [placeOf(entry), entry.url]));
  for (const { entry, at } of metadata) {
    const other = taken.get(placeOf(entry));
    if (entry.repoid === '' || other === undefined || other === entry.url) continue;
    reader.complain(at, `the file is listed twice: ${quote(placeOf(entry))}`, 'a package has its name');
  }
}

/** An rpm lock may hold several versions of one name, such as kernels, and packages of a second architecture. */
export function complainOfVersions(reader: YamlReader, packages: Placed<LockedPackage>[]): void {
  const seen = new Set<string>();
  for (const { entry, at } of packages) {
    const { name } = entry;
    if (name === undefined) continue;
    if (seen.has(name)) reader.complain(at, `the package is listed twice: ${quote(name)}`);
    seen.add(name);
  }
}

/** Where it is laid out. */
export const placeOf = ({ repoid, url }: LockedFile): string => `${repoid}/${fileNameOf(url) ?? url}`;

const KEYS = ['repoid', 'size', 'checksum', 'name', 'evr'] as const;
type Words = Partial<Record<(typeof KEYS)[number], string | number>>;

const differing = (a: Words, b: Words): string[] =>
  KEYS.filter((key) => a[key] !== undefined && b[key] !== undefined && a[key] !== b[key]);

const agree = (a: LockedFile, b: LockedFile): boolean => differing(a, b).length === 0;

/** Under two URLs: the checksum proves that they are the same file. */
const areOne = (a: LockedFile, b: LockedFile): boolean =>
  pinOf(a) !== null && agree(a, b) && pinOf(a) === pinOf(b);

function differences({ entry: a }: Placed<LockedFile>, { entry: b }: Placed<LockedFile>): string {
  const keys = differing(a, b);
  return keys.length === 0 ? 'remove one of them' : `the two have another ${keys.join(', ')}`;
}
