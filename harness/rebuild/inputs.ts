import { copyFile, link, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { storageError } from '../engine/storage.ts';
import { labelOf } from '../fetch/origins.ts';
import { whyUnverified } from '../lock/checksum.ts';
import type { Lock, LockKind, LockedArch, LockedFile } from '../lock/types.ts';
import { fileNameOf } from '../lock/url.ts';
import type { StagedInputs } from './types.ts';
import { ociArchitecture } from '../model/platform.ts';

/** The part of a lock for one OCI architecture, whichever way the lock spells it. */
export function lockedArch<A extends LockedArch>(lock: { arches: A[] }, architecture: string): A | undefined {
  return lock.arches.find(({ arch }) => arch === architecture || ociArchitecture(arch) === architecture);
}

/** Everything that a build of this architecture may use. */
export function lockedFiles(lock: Lock, architecture: string): LockedFile[] {
  const arch = lockedArch(lock, architecture);
  if (arch === undefined) {
    throw new TwinproofError('input-unavailable', `the lock has no packages for ${architecture}`, {
      where: lock.path,
      hint: 'add the architecture to its .in.yaml and run `npx twinproof lock`',
    });
  }
  return [...arch.packages, ...arch.moduleMetadata];
}

/**
 * Lays files from the cache out as Hermeto does, `<folder>/<deb|rpm>/<arch>/<repoid>/<file>`. They are hard
 * links where the file system allows it; every build mounts the folder read-only.
 * @param cached URL to path in the cache
 */
export async function stageInputs(
  lock: Lock,
  architecture: string,
  cached: Map<string, string>,
  folder: string,
): Promise<StagedInputs> {
  const files = lockedFiles(lock, architecture);
  const arch = lockedArch(lock, architecture)?.arch ?? architecture;
  let bytes = 0;
  // One URL may be listed as a package and as metadata; what lies there already must not be written to.
  const staged = new Set<string>();
  for (const file of files) {
    const source = cached.get(file.url);
    if (source === undefined) throw new Error(`${file.url} was not fetched`);
    const target = stagedPath(folder, { kind: lock.kind, arch, file });
    if (staged.has(target)) continue;
    staged.add(target);
    await mkdir(dirname(target), { recursive: true });
    await linkOrCopy(source, target);
    bytes += (await stat(target)).size;
  }
  return {
    folder,
    files: staged.size,
    bytes,
    unverified: files.flatMap(unverified),
    unsized: files.filter(({ size }) => size === undefined).length,
  };
}

function unverified(file: LockedFile): StagedInputs['unverified'] {
  const why = whyUnverified(file);
  return why === null ? [] : [{ file: labelOf(file), why }];
}

/** Where a file of a lock lies. @param arch as the lock spells it */
export const stagedPath = (
  folder: string,
  { kind, arch, file }: { kind: LockKind; arch: string; file: LockedFile },
): string => join(folder, kind, arch, safeName(file.repoid), safeName(fileNameOf(file.url) ?? file.url));

/** Gives a file of the cache a second name, which must only be read. */
export async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target).catch((cause: unknown) => {
      throw storageError(`could not stage ${target}`, cause);
    });
  }
}

/** Repository ids and file names are the lock's words: they must not lead out of the folder. */
const safeName = (name: string): string => name.replaceAll(/[/\0]/g, '_').replace(/^\.+/, '_');
