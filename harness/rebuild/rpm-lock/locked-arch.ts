import type { FetchedRepository } from '../../fetch/rpm/types.ts';
import type { LockedArch, LockedPackage } from '../../lock/types.ts';
import type { Resolved, ResolvedEntry } from './answer.ts';

/** What dnf chose, as a lock says it (rpm-lockfile-prototype, version 1). */
export function lockedArchOf(
  arch: string,
  resolved: Resolved,
  repositories: FetchedRepository[],
): LockedArch {
  const bases = new Map(repositories.map(({ repoid, baseurl }) => [repoid, baseurl]));
  const locked = (entry: ResolvedEntry): LockedPackage => lockedPackage(entry, bases.get(entry.repoid) ?? '');
  return {
    arch,
    packages: resolved.packages.map(locked),
    // A source package itself has no source.
    source: resolved.source.map((entry) => locked({ ...entry, sourcerpm: '' })),
    moduleMetadata: repositories
      .filter(({ repoid }) => resolved.modular.includes(repoid))
      .flatMap(({ metadata }) => metadata.filter(({ type }) => type === 'modules').map(({ file }) => file)),
  };
}

function lockedPackage(entry: ResolvedEntry, baseurl: string): LockedPackage {
  const { repoid, size, checksum, name, evr, sourcerpm } = entry;
  // An `xml:base` stands in for the URL of the repository (createrepo_c --baseurl).
  const base = entry.base === '' ? baseurl : entry.base.replace(/\/?$/, '/');
  const source = sourcerpm === '' ? {} : { sourcerpm };
  return { url: base + entry.location, repoid, size, checksum, name, evr, ...source };
}
