import type { AppliedVariation } from '../rebuild/environment/types.ts';
import type { Json, OciImage } from '../oci/types.ts';
import type { Context, TwinFacts } from './types.ts';

/** What is known of one build: how a twin or its record has it. */
export interface BuildFacts {
  twin: string;
  /** When it began. */
  started: Date | string;
  seconds: number;
  /** What was varied; a twin that was built here has it with its name. */
  environment?: readonly AppliedVariation[] | { variations: readonly AppliedVariation[] };
}

/** Seconds that the clock of a build was put ahead: `+34560000 s`. */
function clockAhead(variations: readonly AppliedVariation[]): number {
  const clock = variations.find(
    ({ variation, notApplied }) => variation === 'clock' && notApplied === undefined,
  );
  return Number(/^\+(\d+) s$/.exec(clock?.value ?? '')?.[1] ?? 0);
}

function twinFacts({ twin, started, seconds, environment }: BuildFacts): TwinFacts {
  const from = new Date(started).getTime() / 1000;
  const variations =
    environment === undefined ? null : 'variations' in environment ? environment.variations : environment;
  return {
    environment: variations === null ? null : { twin, variations: [...variations] },
    built: Number.isFinite(from) ? { from, to: from + seconds } : null,
    ahead: variations === null ? 0 : clockAhead(variations),
  };
}

/** What is known of two builds that were made here, or whose record is at hand. */
export function contextOfBuilds(
  [a, b]: readonly [BuildFacts, BuildFacts],
  { sourceDateEpoch, recipe }: { sourceDateEpoch: number; recipe: string },
): Context {
  return { a: twinFacts(a), b: twinFacts(b), sourceDateEpoch, recipe };
}

/** The commands that the history of an image tells, a line each. */
function historyText(config: Json): string {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return '';
  const { history } = config;
  if (!Array.isArray(history)) return '';
  const commands = history.flatMap((step) =>
    typeof step === 'object' && step !== null && !Array.isArray(step) && typeof step.created_by === 'string'
      ? [step.created_by]
      : [],
  );
  return commands.join('\n');
}

/** Of two images alone no more is known than what their history tells. */
export function contextOfImages(a: OciImage): Context {
  const nothing: TwinFacts = { environment: null, built: null, ahead: 0 };
  return { a: nothing, b: nothing, sourceDateEpoch: null, recipe: historyText(a.config.json) };
}
