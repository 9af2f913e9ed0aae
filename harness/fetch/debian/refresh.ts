import type { Origin } from '../../catalog/types.ts';
import { cacheFolder } from '../../engine/folders.ts';
import { diffLocks } from '../../lock/diff.ts';
import type { LockChange } from '../../lock/diff.ts';
import type { Lock, LockedArch, LockedPackage } from '../../lock/types.ts';
import { formatLock } from '../../lock/write.ts';
import { compareDebVersions, splitDebVersion } from '../../packages/deb-version.ts';
import { makeDispatcher, PATIENCE } from '../dispatcher.ts';
import type { Patience } from '../dispatcher.ts';
import { fetchIndex, fetchRelease } from './archive.ts';
import type { ArchiveOptions } from './archive.ts';
import { resolveClosure } from './closure.ts';
import { readDebInput } from './input.ts';
import type { DebInput, DebRepo } from './input.ts';
import { PackageIndex } from './package-index.ts';
import type { DebPackage } from './package-index.ts';
import type { Release } from './release.ts';
import { snapshotOf } from './snapshot.ts';

export interface RefreshOptions {
  /** Folder of the cache; `cacheFolder()` unless given. */
  cache?: string;
  signal?: AbortSignal;
  patience?: Patience;
  /** For `Valid-Until` of Release files. */
  now?: Date;
  /** Told what is being done, in a few words. */
  onStep?: (step: string) => void;
}

export interface Refreshed {
  /** The lock file; the same bytes as before when nothing changed. */
  text: string;
  changes: LockChange[];
  /** Packages that say they do not go together: such a lock can be unpacked but hardly configured. */
  warnings: string[];
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
  const patience = options.patience ?? PATIENCE;
  const dispatcher = makeDispatcher(4, patience);
  const { cache = cacheFolder(), now = new Date(), signal, onStep } = options;
  try {
    const archive = { cache, patience, dispatcher, now, signal };
    return await resolve(input, previous, archive, onStep ?? (() => undefined));
  } finally {
    await dispatcher.destroy();
  }
}

async function resolve(
  input: DebInput,
  previous: Lock | null,
  options: ArchiveOptions,
  onStep: (step: string) => void,
): Promise<Refreshed> {
  const releases = new Map<DebRepo, Release>();
  for (const repo of input.repos) {
    onStep(`${repo.suite}: Release`);
    releases.set(repo, await fetchRelease(repo, options));
  }
  const arches: LockedArch[] = [];
  const warnings: string[] = [];
  for (const arch of input.arches) {
    onStep(`${arch}: package lists`);
    const { packages, conflicts } = resolveClosure(await readIndex(arch, releases, options), input);
    arches.push({ arch, packages: packages.map(lockedPackage), source: [], moduleMetadata: [] });
    warnings.push(...conflicts);
  }
  const changes = diffLocks(previous, { arches }, compareDebVersions);
  const sameArches = previous?.arches.map(({ arch }) => arch).join() === input.arches.join();
  if (previous !== null && sameArches && changes.length === 0) {
    return { text: formatLock(previous), changes, warnings };
  }
  return { text: formatLock({ kind: 'deb', arches, origins: originsOf(releases) }), changes, warnings };
}

async function readIndex(
  arch: string,
  releases: Map<DebRepo, Release>,
  options: ArchiveOptions,
): Promise<PackageIndex> {
  const index = new PackageIndex();
  for (const [repo, release] of releases) {
    for (const component of repo.components) {
      const text = await fetchIndex(repo, release, { component, arch }, options);
      index.add(text, repo, `${repo.baseurl}dists/${repo.suite}/${component}/binary-${arch}/Packages`);
    }
  }
  index.finish();
  return index;
}

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
