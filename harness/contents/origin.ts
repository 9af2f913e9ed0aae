import { withoutZeroEpoch } from '../packages/compare-lock.ts';
import type { NamedPackage } from '../lock/types.ts';
import type { InstalledPackage, PackageDatabase } from '../packages/types.ts';
import { compareText } from '../model/text-order.ts';

/** A package of an image, and the repository that its lock has it from. */
export interface Placed {
  name: string;
  version: string;
  /** Source package: that of the lock, or of the database; the package itself where neither says. */
  source: string;
  /** Null for a package that no entry of the lock explains. */
  repository: string | null;
}

/** Tells for each installed package which repository it is from: the lock has it in this version, and says so. */
export function placePackages(
  databases: readonly PackageDatabase[],
  locked: readonly NamedPackage[],
): Placed[] {
  const entries = Map.groupBy(locked, ({ name, evr }) => keyOf(name, evr));
  return databases
    .flatMap(({ packages }) => packages)
    .map((item) => {
      const found = entries.get(keyOf(item.name, item.version)) ?? [];
      const repositories = new Set(found.map(({ repoid }) => repoid));
      const [repository = null] = repositories;
      return {
        name: item.name,
        version: item.version,
        source: sourceOf(item, found[0]),
        // Two repositories that have the same version: nobody knows which of them it is from.
        repository: repositories.size === 1 ? repository : null,
      };
    });
}

const keyOf = (name: string, version: string): string => `${name} ${withoutZeroEpoch(version)}`;

/** Without version and extension: binaries of one source may have versions of their own. */
function sourceOf({ name, source }: InstalledPackage, entry: NamedPackage | undefined): string {
  const text = entry?.sourcerpm ?? source ?? name;
  return /^(.+)-[^-]+-[^-]+\.src\.rpm$/.exec(text)?.[1] ?? /^([^_]+)_.+\.dsc$/.exec(text)?.[1] ?? text;
}

/** How much of an image is from one origin. */
export interface Share {
  /** What was counted: source packages, or binary ones. */
  by: 'source' | 'binary';
  from: number;
  total: number;
  /** `name` of each that is not from there, with where it is from; sorted. */
  others: string[];
}

/**
 * The share of packages that are from an origin.
 * @param origin names of repositories, separated by commas; `*` stands for any text in them
 * @param by a source package counts as from there when all of its binary packages are
 */
export function shareOf(placed: readonly Placed[], origin: string, by: 'source' | 'binary'): Share {
  const isFrom = matcher(origin);
  const groups = Map.groupBy(placed, ({ name, source }) => (by === 'source' ? source : name));
  const others = [...groups].flatMap(([name, items]) => {
    const strangers = items.filter(({ repository }) => repository === null || !isFrom(repository));
    const places = [...new Set(strangers.map(({ repository }) => repository ?? 'unknown'))].toSorted();
    return strangers.length === 0 ? [] : [`${name} (${places.join(', ')})`];
  });
  return { by, from: groups.size - others.length, total: groups.size, others: others.toSorted(compareText) };
}

function matcher(origin: string): (repository: string) => boolean {
  const patterns = origin.split(',').map((name) => {
    const text = name
      .trim()
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${text.join('.*')}$`);
  });
  return (repository) => patterns.some((pattern) => pattern.test(repository));
}
