/**
 * `import … from 'twinproof/lock'`: the files that say which packages an image is made of (docs/locks.md).
 *
 * @module twinproof/lock
 */
import { findLockInputs } from '../fetch/lock-inputs.ts';
import { parseLock as parse, readLock as read } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';

export { findLockInputs };
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
