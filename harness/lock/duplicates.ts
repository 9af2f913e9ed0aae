import type { Placed } from './entry.ts';
import { quote } from './quote.ts';
import type { LockedFile, LockedPackage, LockKind } from './types.ts';
import { fileNameOf } from './url.ts';
import type { YamlReader } from './yaml-reader.ts';

interface Lists {
  packages: Placed<LockedPackage>[];
  source: Placed<LockedPackage>[];
  metadata: Placed<LockedFile>[];
}

/**
 * Complains about entries of one architecture that cannot both be meant: the same URL twice, two files of one name
 * in one repository (they are laid out by `<repoid>/<file>`), and two versions of one Debian package (an rpm lock may
 * hold several versions of one name, such as kernels, and packages of a second architecture).
 */
export function findDuplicates(reader: YamlReader, kind: LockKind, lists: Lists): void {
  for (const list of [lists.packages, lists.source, lists.metadata]) {
    complainTwice(reader, list, ({ url }) => url, 'this URL');
    complainTwice(reader, list, ({ repoid, url }) => `${repoid}/${fileNameOf(url) ?? url}`, 'the file');
  }
  if (kind === 'deb') complainTwice(reader, lists.packages, ({ name }) => name, 'the package');
}

function complainTwice<T extends LockedFile>(
  reader: YamlReader,
  list: Placed<T>[],
  keyOf: (entry: T) => string,
  what: string,
): void {
  const seen = new Set<string>();
  for (const { entry, at } of list) {
    const key = keyOf(entry);
    if (entry.url === '' || key === '') continue;
    if (seen.has(key)) reader.complain(at, `${what} is listed twice: ${quote(key)}`);
    seen.add(key);
  }
}
