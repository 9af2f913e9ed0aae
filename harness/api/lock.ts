/**
 * `import … from 'twinproof/lock'`: the files that say which packages an image is made of (docs/locks.md).
 *
 * @module twinproof/lock
 */
import { findLockInputs } from '../fetch/lock-inputs.ts';
import { parseLock, readLock } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';

export { findLockInputs, parseLock, readLock };
export type { Lock };
export type { LockKind, LockedArch, LockedFile, LockedPackage } from '../lock/types.ts';
