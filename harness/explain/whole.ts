import { quote } from './claim.ts';
import type { Attribution, Seen } from './types.ts';
import type { Confidence } from '../model/confidence.ts';

/** A claim about an entry as a whole, however it differs. */
export function wholeClaim(
  { entry, sites }: Seen,
  { confidence, why, fix }: { confidence: Confidence; why: string; fix: string },
): Attribution | null {
  // That only the archive around it differs is no matter of what the file is.
  if (entry.change === 'changed' && !sites.some(isContent)) return null;
  const [first] = sites.filter(isContent);
  const seen = first === undefined ? `only in ${entry.a === null ? 'B' : 'A'}` : quote(first);
  return { confidence, evidence: `${seen}; ${why}`, fix, sites: sites.filter(isContent), whole: true };
}

/** What is in a file, or was attached to it by who wrote it. */
function isContent({ kind, name }: Seen['sites'][number]): boolean {
  return kind !== 'attribute' || name === 'xattrs';
}
