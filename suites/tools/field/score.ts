import type { EntryDiff } from '../../../harness/compare/types.ts';
import { CAUSES } from '../../../harness/explain/registry.ts';
import type { Truth } from './truth.ts';

export type Mark = 'right' | 'acceptable' | 'unknown' | 'wrong' | 'not judged';

/** The first label of a path, and what it is worth. */
export interface Judged {
  path: string;
  id: string;
  confidence: string;
  truth: string;
  mark: Mark;
}

/** What was changed by the fixes, and whether the images were equal then. */
export interface Fixed {
  /** Causes for which a fix was made. */
  made: ReadonlySet<string>;
  equal: boolean;
}

/** What makes things differ with nothing varied: the clock goes on, and what equal builds would refute. */
const byItself = (id: string): boolean => {
  const cause = CAUSES.find(id);
  return cause?.refutedBy === 'equal-builds' || cause?.provenBy?.includes('clock') === true;
};

/** What no variation stands for can be judged by its fix alone. */
const flippable = (id: string): boolean => (CAUSES.find(id)?.provenBy ?? []).length > 0;

function markOf(id: string, path: string, truth: Truth, fixed: Fixed): Mark {
  if (id === 'unknown') return 'unknown';
  const fixes = fixed.equal && fixed.made.has(id);
  const flips = truth.flips.get(path);
  if (flips !== undefined) {
    const named = CAUSES.find(id)?.provenBy?.some((variation) => flips.has(variation)) === true;
    if (named) return fixes ? 'right' : 'acceptable';
    return !flippable(id) && fixes ? 'right' : 'wrong';
  }
  if (!truth.itself.has(path)) return 'not judged';
  if (byItself(id)) return fixes ? 'right' : 'acceptable';
  return fixes ? 'right' : 'wrong';
}

/** Judges the first label of each path. */
export function judged(entries: readonly EntryDiff[], truth: Truth, fixed: Fixed): Judged[] {
  return entries
    .filter(({ path }) => path !== '')
    .flatMap(({ path, causes }): Judged[] => {
      const [first] = causes.filter(({ alternative }) => alternative !== true);
      if (first === undefined) return [];
      const flips = [...(truth.flips.get(path) ?? [])].join('+');
      const what = flips === '' ? (truth.itself.has(path) ? 'by itself' : 'several at once') : flips;
      const mark = markOf(first.id, path, truth, fixed);
      return [{ path, id: first.id, confidence: first.confidence, truth: what, mark }];
    });
}

/** One item for all paths of a package that have the same label and the same truth: many alike count once. */
export function distinct(all: readonly Judged[]): Judged[] {
  const key = ({ id, confidence, truth, mark }: Judged): string => [id, confidence, truth, mark].join('\0');
  return [...new Map(all.map((one) => [key(one), one])).values()];
}
