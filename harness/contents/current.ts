import { stat } from 'node:fs/promises';
import { TwinproofError } from '../errors.ts';
import { DebArchives } from '../fetch/debian/archives.ts';
import { type DebRepo, readDebInput } from '../fetch/debian/input.ts';
import type { PackageIndex } from '../fetch/debian/package-index.ts';
import { snapshotOf } from '../fetch/debian/snapshot.ts';
import type { NamedLock } from '../lock/types.ts';
import { compareText } from '../model/text-order.ts';
import { compareDebVersions } from '../packages/dpkg/deb-version.ts';
import type { InstalledPackage, PackageDatabase } from '../packages/types.ts';

/** A package of which the repositories have a newer version. */
export interface Due {
  name: string;
  installed: string;
  available: string;
  /** Which repository has it. */
  repository: string;
}

export interface Currency {
  /** As of when the repositories were asked: the newest of their Release files. */
  asOf: string;
  packages: number;
  due: Due[];
  /** Packages that no repository has in any version, so that nobody can say whether they are current. */
  unplaced: string[];
}

/** Which installed packages have a strictly newer version in an index; sorted by name. */
export function dueAmong(
  installed: readonly InstalledPackage[],
  index: Pick<PackageIndex, 'candidate'>,
): Pick<Currency, 'due' | 'unplaced'> {
  const due: Due[] = [];
  const unplaced: string[] = [];
  for (const { name, version } of installed) {
    const found = index.candidate(name);
    if (found === null) unplaced.push(name);
    else if (compareDebVersions(found.version, version) > 0)
      due.push({ name, installed: version, available: found.version, repository: found.repoid });
  }
  return {
    due: due.toSorted((a, b) => compareText(a.name, b.name)),
    unplaced: unplaced.toSorted(compareText),
  };
}

/**
 * Whether the packages of an image are the newest that the repositories have which its lock is resolved from. Their signed
 * Release files are fetched anew; indexes come from the cache where they are the same.
 * @param asOf the repositories as they were at that time, by snapshot.debian.org; null: as they are now
 * @throws TwinproofError `unsupported` for locks of other packages, or without the file that says where they are from,
 *   `input-unavailable`, `input-mismatch`
 */
export async function currencyOf(
  databases: readonly PackageDatabase[],
  lock: NamedLock,
  { arch, asOf }: { arch: string; asOf: Date | null },
): Promise<Currency> {
  const input = lock.path.replace(/\.lock\.yaml$/, '.in.yaml');
  if (lock.kind !== 'deb')
    throw new TwinproofError(
      'unsupported',
      `the repositories of a lock of ${lock.kind} packages are not asked yet`,
      {
        where: lock.path,
      },
    );
  if (!(await isFile(input)))
    throw new TwinproofError(
      'unsupported',
      'there is no file that says from which repositories the lock is',
      {
        where: input,
      },
    );
  const { repos } = await readDebInput(input);
  const asked = asOf === null ? repos : repos.map((repo) => atTime(repo, asOf));
  await using archives = new DebArchives({});
  const releases = await archives.releases(asked);
  const newest = Math.max(...[...releases.values()].map(({ date }) => date.getTime()));
  const installed = databases.filter(({ format }) => format === 'dpkg').flatMap(({ packages }) => packages);
  return {
    asOf: new Date(newest).toISOString(),
    packages: installed.length,
    ...dueAmong(installed, await archives.index(asked, arch)),
  };
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() === true;

function atTime(repo: DebRepo, time: Date): DebRepo {
  const [baseurl] = snapshotOf(repo.baseurl, time);
  if (baseurl === undefined)
    throw new TwinproofError(
      'unsupported',
      'what this repository held at another time is not kept anywhere',
      {
        where: repo.baseurl,
      },
    );
  // What a snapshot holds is past its date by nature; it is signed all the same.
  return { ...repo, baseurl, mirrors: [], checkValidUntil: false };
}
