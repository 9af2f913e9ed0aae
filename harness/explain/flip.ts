import type { AppliedVariation } from '../rebuild/environment/types.ts';
import type { Cause, DiffResult, EntryDiff, PointerDiff } from '../compare/types.ts';
import type { Variation } from '../model/variations.ts';
import type { Registry } from '../model/registry.ts';
import type { CauseDefinition } from './cause.ts';
import { CAUSES } from './registry.ts';
import { UNKNOWN } from './unknown.ts';

/** What `bisect` showed by building: with these variations varied it differs, without the last of them it does not. */
export interface Flip {
  variations: Pick<AppliedVariation, 'variation' | 'value'>[];
  /** Names of the two builds. */
  equal: string;
  differing: string;
  /** Paths of entries that changed, and `config /pointer`s where no entry did. */
  paths: string[];
}

type Causes = Registry<CauseDefinition>;

/** What a variation can make differ, and what it is put down to where the difference itself tells nothing. */
function provenBy(variation: Variation, causes: Causes): { able: Set<string>; otherwise: CauseDefinition[] } {
  const able = [...causes].filter((cause) => cause.provenBy?.includes(variation) === true);
  const otherwise = able.filter(({ standsFor }) => standsFor?.includes(variation) === true);
  return { able: new Set(able.map(({ id }) => id)), otherwise: otherwise.slice(0, 1) };
}

/** In a build that differs from an equal one: builds with nothing varied came out equal, so it is none of these. */
const isRefuted = (id: string, causes: Causes): boolean =>
  id === UNKNOWN || causes.find(id)?.refutedBy === 'equal-builds';

function evidenceOf({ equal, differing }: Flip, { variation, value }: Flip['variations'][number]): string {
  return `proven by building: build ${differing} differs from build ${equal} when ${variation} is ${value} and nothing else changes`;
}

/** The causes of one difference with what was shown for it. */
function proven(causes: readonly Cause[], flip: Flip, known: Causes): Cause[] {
  const reported = causes.filter(({ alternative }) => alternative !== true);
  const shown = flip.variations.flatMap((variation): Cause[] => {
    const { able, otherwise } = provenBy(variation.variation, known);
    const named = reported.filter(({ id }) => able.has(id));
    if (named.length > 0) {
      return named.map((cause) => ({
        ...cause,
        confidence: 'proven',
        evidence: `${cause.evidence}; ${evidenceOf(flip, variation)}`,
      }));
    }
    const evidence = evidenceOf(flip, variation);
    return otherwise.map(({ id, fix }) => ({ id, confidence: 'proven', evidence, fix }));
  });
  const ids = new Set(shown.map(({ id }) => id));
  const rest = causes.filter(({ id }) => !ids.has(id) && !isRefuted(id, known));
  const unique = [...new Map(shown.map((cause) => [cause.id, cause])).values()];
  return [...unique, ...rest];
}

/** The same result, where what building has shown is `proven`. Pure. */
export function withFlip(result: DiffResult, flip: Flip, known: Causes = CAUSES): DiffResult {
  const paths = new Set(flip.paths);
  const entry = (diff: EntryDiff): EntryDiff =>
    paths.has(diff.path) ? { ...diff, causes: proven(diff.causes, flip, known) } : diff;
  const pointer = (diff: PointerDiff): PointerDiff =>
    paths.has(`config ${diff.pointer}`) && diff.causes !== undefined
      ? { ...diff, causes: proven(diff.causes, flip, known) }
      : diff;
  return { ...result, entries: result.entries.map(entry), config: result.config.map(pointer) };
}
