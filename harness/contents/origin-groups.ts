import type { PackageDatabase } from '../packages/types.ts';
import type { Placed } from './origin.ts';

/**
 * How many packages are from where, by each sign that there is, the most first. Only `repository` is proved by anything (by the lock
 * and its checksums); the others are what the packages say of themselves: the key is the one that a signature names, and nobody has
 * verified it.
 */
export interface OriginGroups {
  repository: Record<string, number>;
  vendor: Record<string, number>;
  signedBy: Record<string, number>;
  /** What rpm's release ends with: `fc43`, `hum1`. */
  distTag: Record<string, number>;
}

const UNKNOWN = 'unknown';

export function originGroups(databases: readonly PackageDatabase[], placed: readonly Placed[]): OriginGroups {
  const packages = databases.flatMap(({ format, packages: own }) => own.map((item) => ({ format, ...item })));
  const rpms = packages.filter(({ format }) => format === 'rpm');
  return {
    repository: counted(placed.map(({ repository }) => repository)),
    vendor: counted(packages.map(({ vendor }) => vendor)),
    signedBy: counted(rpms.map(({ signedBy }) => signedBy)),
    distTag: counted(rpms.map(({ version }) => distTagOf(version))),
  };
}

/** The last part of a release that begins with a letter: `9.el9_4` is of `el9_4`, `12-3` of none. */
const distTagOf = (version: string): string | undefined =>
  /\.([a-z][\w+~]*)$/i.exec(version.slice(version.lastIndexOf('-') + 1))?.[1];

function counted(values: readonly (string | null | undefined)[]): Record<string, number> {
  const groups = Map.groupBy(values, (value) => value ?? UNKNOWN);
  return Object.fromEntries(
    [...groups]
      .map(([name, all]): [string, number] => [name, all.length])
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
  );
}
