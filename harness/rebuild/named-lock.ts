import { TwinproofError } from '../errors.ts';
import { labelOf } from '../fetch/origins.ts';
import type { Lock, LockedPackage, NamedLock, NamedPackage } from '../lock/types.ts';
import type { LockFormat } from '../packages/ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from '../packages/registry.ts';
import { lockFormatOfKind } from '../lock/format.ts';
import { lockedArch } from './inputs.ts';

/**
 * The lock of one architecture (OCI name), with names and versions of packages where it leaves them out: those are read
 * from the packages themselves.
 * @param cached URL to path in the cache
 * @throws TwinproofError `input-mismatch` for a file that is no package
 */
export async function namedLock(
  lock: Lock,
  architecture: string,
  cached: ReadonlyMap<string, string>,
  ecosystems: Ecosystems = ECOSYSTEMS,
): Promise<NamedLock> {
  const format = lockFormatOfKind(lock.kind, ecosystems);
  const arch = lockedArch(lock, architecture);
  if (arch === undefined) return { ...lock, arches: [] };
  const packages: NamedPackage[] = [];
  for (const entry of arch.packages) {
    packages.push(
      isNamed(entry)
        ? entry
        : await named(entry, format, { where: lock.path, path: cached.get(entry.url) ?? '' }),
    );
  }
  return { ...lock, arches: [{ ...arch, packages }] };
}

const isNamed = (entry: LockedPackage): entry is NamedPackage =>
  entry.name !== undefined && entry.evr !== undefined;

async function named(
  entry: LockedPackage,
  { kind, readNames }: LockFormat,
  { where, path }: { where: string; path: string },
): Promise<NamedPackage> {
  const names = (await readNames?.(path)) ?? `packages of the kind ${kind} are not asked`;
  if (typeof names === 'string') {
    throw new TwinproofError('input-mismatch', `${labelOf(entry)} has no name in the lock, and ${names}`, {
      where,
      hint: 'name what is no package under module_metadata, or correct its URL',
    });
  }
  const { name, version, architecture } = names;
  return {
    ...entry,
    name: entry.name ?? name,
    evr: entry.evr ?? version,
    ...(architecture === null ? {} : { architecture }),
  };
}
