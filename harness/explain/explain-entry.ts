import type { Cause, EntryDiff } from '../compare/types.ts';
import { quote } from './claim.ts';
import { recipeFor } from './recipe.ts';
import type { CauseDefinition } from './cause.ts';
import { CAUSES } from './registry.ts';
import { entrySites } from './sites/entry.ts';
import { settled, type Named } from './believe.ts';
import { writtenSites } from './source.ts';
import type { Context, Seen, DifferenceSite } from './types.ts';
import { UNKNOWN } from './unknown.ts';
import { bytesOf } from './weight.ts';
import type { Registry } from '../model/registry.ts';

/** Other causes that could be are kept up to this many. */
const MAX_CAUSES = 6;

export const causeOf = ({ id, confidence, evidence, fix }: Named): Cause => ({
  id,
  confidence,
  evidence,
  fix,
});

export function unknownCause(sites: readonly DifferenceSite[], otherwise: string): Cause {
  const [first] = sites;
  const more = sites.length > 1 ? ` (and ${sites.length - 1} more)` : '';
  const evidence = first === undefined ? otherwise : `${quote(first)}${more}`;
  const fix =
    'not known; vary one thing at a time to find out what makes it differ: npx twinproof bisect SUBJECT';
  return { id: UNKNOWN, confidence: 'likely', evidence, fix };
}

/** What all causes say of an entry, in the order of the registry. */
export function claimsOf(seen: Seen, context: Context, causes: Registry<CauseDefinition>): Named[] {
  return [...causes].flatMap(({ id, explain }) => {
    const claim = explain?.(seen, context) ?? null;
    return claim === null ? [] : [{ ...claim, id }];
  });
}

/** What guesses say of text that somebody rather changed is kept apart, as what could be besides. */
function firmClaims(
  claims: readonly Named[],
  written: ReadonlySet<DifferenceSite>,
): { firm: Named[]; weak: Named[] } {
  const isWeak = ({ confidence, whole, sites }: Named): boolean =>
    confidence === 'likely' && whole !== true && sites.length > 0 && sites.every((site) => written.has(site));
  const firm = claims.filter((claim) => !isWeak(claim));
  return {
    weak: claims.filter(isWeak),
    firm: firm.map((claim) =>
      claim.confidence === 'likely' && claim.whole !== true
        ? { ...claim, sites: claim.sites.filter((site) => !written.has(site)) }
        : claim,
    ),
  };
}

/** DifferenceSite that only say that the archive has something else there, such as another size. */
function countable(sites: readonly DifferenceSite[]): DifferenceSite[] {
  return sites.filter(({ kind, name }) => kind !== 'attribute' || name !== 'layer');
}

function withoutSites({ a, b, layerA, layerB, path }: EntryDiff): string {
  if (a === null || b === null) return `only in ${a === null ? 'B' : 'A'}: ${path}`;
  return `the same entry in another layer: ${layerA ?? 0} in A, ${layerB ?? 0} in B`;
}

/**
 * Why an entry differs, likelier first; `unknown` is among them when part of it is not explained.
 * @param more where it differs, when that is known better than from the entry alone, `Seen.drift`, and the causes that are
 *   looked for
 */
export function explainEntry(
  entry: EntryDiff,
  context: Context,
  more: { sites?: readonly DifferenceSite[]; drift?: string; known?: Registry<CauseDefinition> } = {},
): Cause[] {
  const { sites = entrySites(entry), drift = '', known = CAUSES } = more;
  const recipe = recipeFor(entry.path, context.recipe);
  const seen: Seen = { entry, sites: countable(sites), recipe, drift };
  const { firm, weak } = firmClaims(claimsOf(seen, context, known), writtenSites(seen));
  const { main, left, others } = settled(firm, seen.sites);
  const alternatives = [...others, ...weak].map((claim): Cause => ({ ...causeOf(claim), alternative: true }));
  const size = Math.max(entry.a?.size ?? 0, entry.b?.size ?? 0);
  const counted = (cause: Cause, of: readonly DifferenceSite[]): Cause => {
    const content = seen.sites.some(({ kind }) => kind !== 'attribute');
    return content ? { ...cause, bytes: bytesOf(of, seen.sites, size) } : cause;
  };
  const causes = [...main.map((claim) => counted(causeOf(claim), claim.won ?? [])), ...alternatives];
  const open = main.length === 0 || left.length > 0;
  const unknown = open ? [counted(unknownCause(left, withoutSites(entry)), left)] : [];
  const certain = causes.slice(0, main.length);
  return [...certain, ...unknown, ...causes.slice(main.length)].slice(0, MAX_CAUSES);
}
