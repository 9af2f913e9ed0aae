import type { StagedInputs } from '../rebuild/types.ts';
import { undecided } from './failed-build.ts';
import type { Finding } from './types.ts';

const MAX_TOLD = 5;

/**
 * What can be said of a subject that was built from files which nothing proves to be the locked ones: nothing, however
 * well the rest holds. Null when all are proven.
 */
export function unverified({ unverified: files, files: all }: StagedInputs): Finding | null {
  if (files.length === 0) return null;
  const reported = files.slice(0, MAX_TOLD).map(({ file, why }) => `${file} (${why})`);
  const more = files.length > MAX_TOLD ? ` and ${files.length - MAX_TOLD} more` : '';
  const error = {
    code: 'input-unverified' as const,
    message: `${files.length} of ${all} locked files were not verified: ${reported.join(', ')}${more}`,
    hint: 'write the lock again with `npx twinproof lock` or rpm-lockfile-prototype, which add a sha256 checksum',
  };
  return undecided(error, []);
}

/** What the lock does not say, and is no fault: a checksum says more than a size. */
export const unsizedNote = ({ unsized }: StagedInputs): string =>
  unsized === 0 ? '' : `; the lock gives no size for ${unsized}`;
