import type { Claim, Spot } from './types.ts';
import type { Confidence } from '../model/confidence.ts';

const MAX_VALUE = 100;

function shown(text: string): string {
  const flat = text.replaceAll('\n', '\\n');
  return flat.length <= MAX_VALUE ? flat : `${flat.slice(0, MAX_VALUE)}…`;
}

/** `line 3: "x" in A, "y" in B`; without a place where the whole is meant. */
export function quote(spot: Spot): string {
  if (spot.name === 'unseen') return [spot.part, spot.place].filter((text) => text !== '').join(', ');
  const part = spot.place.includes(spot.part) ? '' : spot.part;
  const where = [part, spot.place].filter((text) => text !== '').join(', ');
  const side = (text: string): string => (where === '' && text === '' ? 'none' : `"${shown(text)}"`);
  return `${where === '' ? '' : `${where}: `}${side(spot.a)} in A, ${side(spot.b)} in B`;
}

/** A claim about some spots, or null when there are none; `why` says what gives it away. */
export function claimOf(
  spots: readonly Spot[],
  confidence: Confidence,
  { why, fix }: { why: string; fix: string },
): Claim | null {
  const [first] = spots;
  if (first === undefined) return null;
  const more = spots.length === 1 ? '' : ` (and ${spots.length - 1} more)`;
  return { confidence, evidence: `${quote(first)}${more}; ${why}`, fix, spots };
}

/** `exact` where the entry differs in nothing else, else `likely`. */
export function exactIfAll(spots: readonly Spot[], all: readonly Spot[]): Confidence {
  return spots.length === all.length ? 'exact' : 'likely';
}
