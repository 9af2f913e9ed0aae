import type { Origin } from '../../catalog/types.ts';
import { diffLocks } from '../../lock/diff.ts';
import { waiverText } from '../../lock/expired.ts';
import type { ExpiredRelease, Lock, LockedArch, LockedPackage } from '../../lock/types.ts';
import { formatLock } from '../../lock/write.ts';
import { compareDebVersions, splitDebVersion } from '../../packages/dpkg/deb-version.ts';
import type { Patience } from '../../net/patience.ts';
import type { Refreshed } from '../types.ts';
import { DebArchives } from './archives.ts';
import { resolveClosure } from './closure.ts';
import { readDebInput } from './input.ts';
import type { DebInput, DebRepo } from './input.ts';
import type { DebPackage } from './package-index.ts';
import type { Release } from './release.ts';
import { snapshotOf } from './snapshot.ts';

export interface RefreshOptions {
  /** Shared by several locks, so that indexes are read once; made from the other options unless given. */
  archives?: DebArchives;
  /** Folder of the cache; `cacheFolder()` unless given. */
  cache?: string;
  signal?: AbortSignal;
  patience?: Patience;
  /** For `Valid-Until` of Release files. */
  now?: Date;
  /** Told what is being done, in a few words. */
  onStep?: (step: string) => void;
}

/**
 * Resolves a `debs.in.yaml` against its archives as they are now. Needs no container and no tool of the host.
 * @throws TwinproofError lock-invalid for the input file or what cannot be met, input-mismatch for bad signatures and
 *   checksums, input-unavailable, storage, interrupted
 */
export async function refreshDebLock(
  inputPath: string,
  previous: Lock | null,
  options: RefreshOptions = {},
): Promise<Refreshed> {
  const input = await readDebInput(inputPath);
  if (options.archives !== undefined) return resolve(input, previous, options.archives);
  await using archives = new DebArchives(options);
  return await resolve(input, previous, archives);
}

async function resolve(input: DebInput, previous: Lock | null, archives: DebArchives): Promise<Refreshed> {
  const arches: LockedArch[] = [];
  const warnings: string[] = [];
  for (const arch of input.arches) {
    const { packages, conflicts } = resolveClosure(await archives.index(input.repos, arch), input);
    arches.push({ arch, packages: packages.map(lockedPackage), source: [], moduleMetadata: [] });
    warnings.push(...conflicts);
  }
  const releases = await archives.releases(input.repos);
  const expiredReleases = expiredOf(releases);
  warnings.push(...expiredReleases.map(waiverText));
  const changes = diffLocks(previous, { arches }, compareDebVersions);
  const sameArches = previous?.arches.map(({ arch }) => arch).join() === input.arches.join();
  if (previous !== null && sameArches && changes.length === 0 && isStillWaived(previous, expiredReleases)) {
    return { text: formatLock(previous), changes, warnings };
  }
  const origins = originsOf(releases);
  return { text: formatLock({ kind: 'deb', arches, origins, expiredReleases }), changes, warnings };
}

function expiredOf(releases: Map<DebRepo, Release>): ExpiredRelease[] {
  return [...releases].flatMap(([{ repoid }, { url, date, expired }]) =>
    expired === null ? [] : [{ url, repoid, date, validUntil: expired }],
  );
}

/** A lock tells of nothing waived that need not be waived any more: its packages are in a Release file that is valid. */
const isStillWaived = (previous: Lock, now: ExpiredRelease[]): boolean =>
  previous.expiredReleases.every(({ repoid }) => now.some((release) => release.repoid === repoid));

function lockedPackage({ url, repoid, size, sha256, name, version, source }: DebPackage): LockedPackage {
  // File name of the source package's description, as an rpm lock has the file name of the source rpm.
  const { epoch, upstream, revision } = splitDebVersion(source.version);
  const noEpoch = epoch === '0' ? source.version : `${upstream}${revision === '' ? '' : `-${revision}`}`;
  const sourcerpm = `${source.name}_${noEpoch}.dsc`;
  return { url, repoid, size, checksum: `sha256:${sha256}`, name, evr: version, sourcerpm };
}

/** The mirrors of the input, and the snapshot of the newest state among the suites of one archive. */
function originsOf(releases: Map<DebRepo, Release>): Origin[] {
  const newest = new Map<string, { date: Date; mirrors: Set<string> }>();
  for (const [{ baseurl, mirrors }, { date }] of releases) {
    const known = newest.get(baseurl) ?? { date, mirrors: new Set<string>() };
    if (date > known.date) known.date = date;
    for (const mirror of mirrors) known.mirrors.add(mirror);
    newest.set(baseurl, known);
  }
  return [...newest]
    .map(([url, { date, mirrors }]) => ({ url, mirrors: [...mirrors, ...snapshotOf(url, date)] }))
    .filter(({ mirrors }) => mirrors.length > 0);
}
