import type { Attribution, DifferenceSite } from './types.ts';
import type { Confidence } from '../model/confidence.ts';

const MAX_VALUE = 100;

function shown(text: string): string {
  const flat = text.replaceAll('\n', '\\n');
  return flat.length <= MAX_VALUE ? flat : `${flat.slice(0, MAX_VALUE)}…`;
}

/** `line 3: "x" in A, "y" in B`; without a place where the whole is meant. */
export function quote(site: DifferenceSite): string {
  if (site.name === 'unseen') return [site.part, site.place].filter((text) => text !== '').join(', ');
  const part = site.place.includes(site.part) ? '' : site.part;
  const where = [part, site.place].filter((text) => text !== '').join(', ');
  const side = (text: string): string => (where === '' && text === '' ? 'none' : `"${shown(text)}"`);
  return `${where === '' ? '' : `${where}: `}${side(site.a)} in A, ${side(site.b)} in B`;
}

/** A claim about some sites, or null when there are none; `why` says what gives it away. */
export function claimOf(
  sites: readonly DifferenceSite[],
  confidence: Confidence,
  { why, fix }: { why: string; fix: string },
): Attribution | null {
  const [first] = sites;
  if (first === undefined) return null;
  const more = sites.length === 1 ? '' : ` (and ${sites.length - 1} more)`;
  return { confidence, evidence: `${quote(first)}${more}; ${why}`, fix, sites };
}

/** `exact` where the entry differs in nothing else, else `likely`. */
export function exactIfAll(sites: readonly DifferenceSite[], all: readonly DifferenceSite[]): Confidence {
  return sites.length === all.length ? 'exact' : 'likely';
}
