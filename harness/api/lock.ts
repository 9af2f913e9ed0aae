/**
 * `import … from 'twinproof/lock'`: the files that say which packages an image is made of (docs/locks.md).
 *
 * @module twinproof/lock
 */
import { resolve } from 'node:path';
import { findLockInputs } from '../fetch/lock-inputs.ts';
import type { FailedLock, RefreshedLock } from '../fetch/refresh-locks.ts';
import { parseLock as parse, readLock as read } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';

export { findLockInputs };
export type { FailedLock, RefreshedLock };
export type { LockChange } from '../lock/diff.ts';
export type { Lock };
export type { ExpiredRelease, LockKind, LockedArch, LockedFile, LockedPackage } from '../lock/types.ts';

/**
 * Reads and checks a lock file; its name says of what packages it is. Unknown keys and comments are tolerated. An rpm lock is
 * read as Hermeto reads it, so of an entry only the URL must be there; a Debian lock has all that `twinproof lock` writes.
 * @throws TwinproofError `lock-invalid` with `file:line:column`
 */
export const readLock = (path: string): Promise<Lock> => read(path);

/** As `readLock`, for text that is already there. */
export const parseLock = (text: string, path: string): Lock => parse(text, path);

/** Which locks to refresh, and how. */
export interface RefreshOptions {
  /** Only locks whose path below the target, or one of its folders, matches one of these globs; all when not given. */
  images?: readonly string[];
  /** Write nothing; `changed` says what would be written. */
  check?: boolean;
  /** Ends it; what was resolved until then is not written. */
  signal?: AbortSignal;
  /** Called with what is being done, a line each. */
  onStep?: (step: string) => void;
}

/**
 * Resolves locks anew from the package repositories and replaces those that changed, as `twinproof lock` does. RPM locks need a
 * container engine. Nothing is written unless every lock could be resolved; each that could not is one of `failures`.
 * @param target path of a catalog, of a folder, or of one `debs.in.yaml` or `rpms.in.yaml`
 * @throws TwinproofError `usage` where there is nothing to resolve, `catalog-invalid`, `engine-unavailable`, `storage`, `interrupted`
 */
export async function refreshLocks(
  target: string,
  options: RefreshOptions = {},
): Promise<{ locks: RefreshedLock[]; failures: FailedLock[] }> {
  // Reading a lock should not load what checks claims, which a catalog is checked against.
  const { CLAIMS } = await import('../claims/registry.ts');
  const { refreshTarget } = await import('../rebuild/rpm-lock/refresh-target.ts');
  return refreshTarget({
    target: resolve(target),
    images: [...(options.images ?? [])],
    check: options.check === true,
    claims: CLAIMS,
    onStart: () => undefined,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  });
}
