import { TwinproofError } from '../errors.ts';

/** @returns TwinproofError `storage`, saying so when the disk is full. */
export function storageError(what: string, cause: unknown): TwinproofError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new TwinproofError('storage', `${what}: ${full ? 'no space left' : code}`, {
    hint: full
      ? 'free some space, or name folders on a larger disk with TWINPROOF_CACHE, and for verify and boot --results'
      : 'check the folder and its owner',
    cause,
  });
}
