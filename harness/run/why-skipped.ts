import type { ClaimRequest } from '../catalog/types.ts';

/**
 * Why a claim of a subject is not checked, for people; null when it is.
 * @param leftOut claims that take long and were not asked for
 */
export function whySkipped(
  claim: string,
  request: ClaimRequest | undefined,
  leftOut: readonly string[],
): string | null {
  if (request === undefined) return 'not claimed';
  if (!request.made) return `not claimed: ${request.reason}`;
  return leftOut.includes(claim) ? 'left out, as it takes long: --thorough checks it' : null;
}
