import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { TwinproofError } from '../errors.ts';
import type { LockFormat } from '../packages/ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from '../packages/registry.ts';
import { releaseKeys } from './expired.ts';
import { lockFormatOfKind } from './format.ts';
import type { Lock, LockedArch, LockedFile, LockedPackage } from './types.ts';

/**
 * Text of a lock, in the shape and order of rpm-lockfile-prototype: the same lock always gives the same bytes.
 * The extensions stand before the rest, so that a file cut off in the middle lacks `arches`.
 */
export function formatLock(
  lock: Pick<Lock, 'kind' | 'arches' | 'origins'> & Partial<Pick<Lock, 'expiredReleases'>>,
  ecosystems: Ecosystems = ECOSYSTEMS,
): string {
  const format = lockFormatOfKind(lock.kind, ecosystems);
  const { expiredReleases = [] } = lock;
  const document = {
    lockfileVersion: 1,
    lockfileVendor: format.vendor,
    ...(lock.origins.length === 0 ? {} : { origins: lock.origins }),
    ...(expiredReleases.length === 0 ? {} : { expiredReleases: expiredReleases.map(releaseKeys) }),
    arches: lock.arches.map((arch) => archKeys(arch, format)),
  };
  return `---\n${stringify(document, { indentSeq: false, lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false })}`;
}

function archKeys(arch: LockedArch, format: LockFormat): Record<string, unknown> {
  return {
    arch: arch.arch,
    packages: sorted(arch.packages, format).map(packageKeys),
    source: sorted(arch.source, format).map(packageKeys),
    module_metadata: sorted(arch.moduleMetadata, format).map(fileKeys),
  };
}

/** In the order of code units, so no locale changes it: by URL as rpm-lockfile-prototype does, Debian's by name first. */
function sorted<T extends LockedFile>(files: T[], { sortBy }: LockFormat): T[] {
  const keyOf = (file: LockedFile): string =>
    sortBy === 'name' && 'name' in file ? `${String(file.name)} ${file.url}` : file.url;
  return files.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function fileKeys({ url, repoid, size, checksum }: LockedFile): Record<string, unknown> {
  return { url, repoid, size, checksum };
}

function packageKeys(file: LockedPackage): Record<string, unknown> {
  const source = file.sourcerpm === undefined ? {} : { sourcerpm: file.sourcerpm };
  return { ...fileKeys(file), name: file.name, evr: file.evr, ...source };
}

/** Replaces a file as a whole: readers see the old text or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new TwinproofError('storage', `could not write the lock: ${code}`, { where: path, cause });
  }
}
