import type { Cause, EntryDiff } from '../compare/types.ts';
import { quote } from './claim.ts';
import { recipeFor } from './recipe.ts';
import type { CauseDefinition } from './cause.ts';
import { CAUSES } from './registry.ts';
import { entrySites } from './sites/entry.ts';
import type { Claim, Context, Seen, DifferenceSite } from './types.ts';
import { UNKNOWN } from './unknown.ts';
import type { Confidence } from '../model/confidence.ts';
import type { Registry } from '../model/registry.ts';

const SURENESS: Record<Confidence, number> = { proven: 0, exact: 1, likely: 2 };

export interface Named extends Claim {
  id: string;
}

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

/** Which claims to believe: for each site the surest, then the first. What explains the file as a whole comes first. */
export function believed(
  claims: readonly Named[],
  sites: readonly DifferenceSite[],
): { main: Named[]; others: Named[]; left: DifferenceSite[] } {
  const whole = claims.find((claim) => claim.whole === true);
  const ranked = claims.toSorted(
    (a, b) => Number(b === whole) - Number(a === whole) || SURENESS[a.confidence] - SURENESS[b.confidence],
  );
  const left = new Set(sites);
  const main: Named[] = [];
  for (const claim of ranked) {
    // Two things can leak into one line; each that is proven is true.
    const proven = claim.confidence === 'proven' && whole === undefined;
    const wins = claim === whole || proven || claim.sites.some((site) => left.has(site));
    if (!wins) continue;
    main.push(claim);
    for (const site of claim.sites) left.delete(site);
  }
  // With a certain cause at hand a guess about the same place is noise.
  const others = claims.filter(
    (claim) =>
      !main.includes(claim) && whole === undefined && main.every(({ confidence }) => confidence === 'likely'),
  );
  return { main, others, left: [...left] };
}

/** Sections of an ELF file that hold addresses or offsets into others, and so change when those grow. */
const ADDRESSING =
  /^\.(?:text|init|fini|plt\S*|got\S*|rela?\.\S+|relr\.dyn|dynamic|dynsym|symtab|hash|gnu\.hash|data\.rel\.ro\S*|eh_frame\S*|gcc_except_table|init_array|fini_array|debug_\w+)(?: >|$)/;

const isAddressing = ({ kind, part }: DifferenceSite): boolean => kind === 'bytes' && ADDRESSING.test(part);

/** A text in a program is longer on one side, so that what comes after it stands elsewhere. */
function movesCode(main: readonly Named[]): boolean {
  return main.some(({ sites }) =>
    sites.some(({ kind, part, a, b }) => kind === 'text' && part.startsWith('.') && a.length !== b.length),
  );
}

/** What all causes say of an entry, in the order of the registry. */
export function claimsOf(seen: Seen, context: Context, causes: Registry<CauseDefinition>): Named[] {
  return [...causes].flatMap(({ id, explain }) => {
    const claim = explain?.(seen, context) ?? null;
    return claim === null ? [] : [{ ...claim, id }];
  });
}

/** Spots that only say that the archive has something else there, such as another size. */
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
  const claims = claimsOf(seen, context, known);
  const { main, others, left: rest } = believed(claims, seen.sites);
  const left = movesCode(main) ? rest.filter((site) => !isAddressing(site)) : rest;
  const alternatives = others.map((claim): Cause => ({ ...causeOf(claim), alternative: true }));
  const causes = [...main.map(causeOf), ...alternatives];
  const open = main.length === 0 || left.length > 0;
  const unknown = open ? [unknownCause(left, withoutSites(entry))] : [];
  const certain = causes.slice(0, main.length);
  return [...certain, ...unknown, ...causes.slice(main.length)].slice(0, MAX_CAUSES);
}
