import type { ClaimDeclaration } from '../model/claim.ts';
import type { CellResult } from '../record/events.ts';

const MOST_NAMED = 5;

/**
 * What a result lists that its baseline does not, where both were decided and the verdict is no worse: that it held and fails is a
 * regression, whatever it lists. An exemption that waives it lets in what it covers.
 * @returns for people; null where nothing is new, or a list is cut off
 */
export function newFindings(
  now: CellResult | undefined,
  then: CellResult | undefined,
  declared: ClaimDeclaration | undefined,
): string | null {
  if (now === undefined || then === undefined || declared?.findings === undefined) return null;
  const isComparable =
    (now.verdict === 'fail' && then.verdict === 'fail') ||
    (now.verdict === 'pass' && (then.verdict === 'pass' || then.verdict === 'fail'));
  if (!isComparable) return null;
  const [is, was] = [declared.findings(now.detail), declared.findings(then.detail)];
  if (is === null || was === null) return null;
  const known = new Set(was);
  const fresh = is.filter((finding) => !known.has(finding));
  if (fresh.length === 0) return null;
  const more = fresh.length > MOST_NAMED ? ` and ${fresh.length - MOST_NAMED} more` : '';
  return `${fresh.slice(0, MOST_NAMED).join(', ')}${more}`;
}
