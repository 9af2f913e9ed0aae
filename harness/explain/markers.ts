import type { AppliedVariation } from '../rebuild/environment/types.ts';
import { claimOf } from './claim.ts';
import type { Attribution, Context, DifferenceSite, TwinFacts } from './types.ts';
import type { Variation } from '../model/variations.ts';

function applied(twin: TwinFacts, variation: Variation): AppliedVariation | undefined {
  return twin.environment?.variations.find(
    (found) => found.variation === variation && found.notApplied === undefined,
  );
}

/** Shorter texts stand in many places by chance. */
const DISTINCTIVE = 4;

/** Both sides of a site as bytes where it is hex, else as text with the line around it. */
function texts(site: DifferenceSite): { value: [string, string]; line: [string, string] } {
  if (site.kind === 'bytes' && site.format !== 'unseen') {
    const pair: [string, string] = [
      Buffer.from(site.a, 'hex').toString('latin1'),
      Buffer.from(site.b, 'hex').toString('latin1'),
    ];
    return { value: pair, line: pair };
  }
  return { value: [site.a, site.b], line: [site.lineA, site.lineB] };
}

/** The text is in what differs, or what differs is a piece of it. */
function holds(text: string, value: string, line: string): boolean {
  return value.includes(text) || (value.length > 1 && text.includes(value) && line.includes(text));
}

interface Hit {
  site: DifferenceSite;
  variation: Variation;
  a: string;
  b: string;
}

/** A marker of the build, long enough to stand nowhere by chance, and that stands on that side. */
function found(
  site: DifferenceSite,
  variation: Variation,
  { twin, side }: { twin: TwinFacts; side: 0 | 1 },
): string | undefined {
  const { value, line } = texts(site);
  return applied(twin, variation)?.markers.find(
    (text) => text.length >= DISTINCTIVE && holds(text, value[side], line[side]),
  );
}

function hit(site: DifferenceSite, variation: Variation, context: Context): Hit | null {
  const a = found(site, variation, { twin: context.a, side: 0 });
  const b = found(site, variation, { twin: context.b, side: 1 });
  return a === undefined || b === undefined || a === b ? null : { site, variation, a, b };
}

/** The marker of one build stands there, and the other has nothing in its place: a sign, but no proof. */
export function leaksOnce(site: DifferenceSite, variation: Variation, context: Context): boolean {
  if (site.b === '') return found(site, variation, { twin: context.a, side: 0 }) !== undefined;
  return site.a === '' && found(site, variation, { twin: context.b, side: 1 }) !== undefined;
}

/** What the variation was set to in each of the two builds, or null when it was the same or not set. */
export function settings(variation: Variation, context: Context): [string, string] | null {
  const [one, other] = [applied(context.a, variation), applied(context.b, variation)];
  if (one === undefined || other === undefined || one.value === other.value) return null;
  return [one.value, other.value];
}

/** Whether the variation was set to something else in each of the two builds. */
export const varies = (variation: Variation, context: Context): boolean =>
  settings(variation, context) !== null;

/** `proven`: the marker of each build stands where that build differs. */
export function markerClaim(
  sites: readonly DifferenceSite[],
  variations: readonly Variation[],
  context: Context,
  fix: string | ((variation: Variation) => string),
): Attribution | null {
  const hits = sites.flatMap((site) => {
    for (const variation of variations) {
      const found = hit(site, variation, context);
      if (found !== null) return [found];
    }
    return [];
  });
  const [first] = hits;
  if (first === undefined) return null;
  const why = `the ${first.variation} of build A was set to "${first.a}", that of build B to "${first.b}"`;
  return claimOf(
    hits.map(({ site }) => site),
    'proven',
    { why, fix: typeof fix === 'string' ? fix : fix(first.variation) },
  );
}
