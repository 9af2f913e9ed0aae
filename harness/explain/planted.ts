import type { AppliedAxis } from '../rebuild/environment/types.ts';
import { claimOf } from './claim.ts';
import type { Claim, Context, Spot, TwinFacts } from './types.ts';
import type { Variation } from '../model/variations.ts';

function applied(twin: TwinFacts, axis: Variation): AppliedAxis | undefined {
  return twin.environment?.axes.find((found) => found.axis === axis && found.notApplied === undefined);
}

/** Shorter texts stand in many places by chance. */
const DISTINCTIVE = 4;

/** Both sides of a spot as bytes where it is hex, else as text with the line around it. */
function texts(spot: Spot): { value: [string, string]; line: [string, string] } {
  if (spot.kind === 'bytes' && spot.format !== 'unseen') {
    const pair: [string, string] = [
      Buffer.from(spot.a, 'hex').toString('latin1'),
      Buffer.from(spot.b, 'hex').toString('latin1'),
    ];
    return { value: pair, line: pair };
  }
  return { value: [spot.a, spot.b], line: [spot.lineA, spot.lineB] };
}

/** The text is in what differs, or what differs is a piece of it. */
function holds(text: string, value: string, line: string): boolean {
  return value.includes(text) || (value.length > 1 && text.includes(value) && line.includes(text));
}

interface Hit {
  spot: Spot;
  axis: Variation;
  a: string;
  b: string;
}

/** A text that was planted in the build, long enough to stand nowhere by chance, and that stands on that side. */
function found(
  spot: Spot,
  axis: Variation,
  { twin, side }: { twin: TwinFacts; side: 0 | 1 },
): string | undefined {
  const { value, line } = texts(spot);
  return applied(twin, axis)?.planted.find(
    (text) => text.length >= DISTINCTIVE && holds(text, value[side], line[side]),
  );
}

function hit(spot: Spot, axis: Variation, context: Context): Hit | null {
  const a = found(spot, axis, { twin: context.a, side: 0 });
  const b = found(spot, axis, { twin: context.b, side: 1 });
  return a === undefined || b === undefined || a === b ? null : { spot, axis, a, b };
}

/** What was planted in one build stands there, and the other has nothing in its place: a sign, but no proof. */
export function leaksOnce(spot: Spot, axis: Variation, context: Context): boolean {
  if (spot.b === '') return found(spot, axis, { twin: context.a, side: 0 }) !== undefined;
  return spot.a === '' && found(spot, axis, { twin: context.b, side: 1 }) !== undefined;
}

/** What the axis was set to in each of the two builds, or null when it was the same or not set. */
export function settings(axis: Variation, context: Context): [string, string] | null {
  const [one, other] = [applied(context.a, axis), applied(context.b, axis)];
  if (one === undefined || other === undefined || one.value === other.value) return null;
  return [one.value, other.value];
}

/** Whether the axis was set to something else in each of the two builds. */
export const varies = (axis: Variation, context: Context): boolean => settings(axis, context) !== null;

/** `proven`: what was planted in each build stands where that build differs. */
export function plantedClaim(
  spots: readonly Spot[],
  axes: readonly Variation[],
  context: Context,
  fix: string | ((axis: Variation) => string),
): Claim | null {
  const hits = spots.flatMap((spot) => {
    for (const axis of axes) {
      const found = hit(spot, axis, context);
      if (found !== null) return [found];
    }
    return [];
  });
  const [first] = hits;
  if (first === undefined) return null;
  const why = `the ${first.axis} of build A was set to "${first.a}", that of build B to "${first.b}"`;
  return claimOf(
    hits.map(({ spot }) => spot),
    'proven',
    { why, fix: typeof fix === 'string' ? fix : fix(first.axis) },
  );
}
