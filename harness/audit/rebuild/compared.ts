import type { DiffResult } from '../../compare/types.ts';
import { explainDiff } from '../../explain/explain.ts';
import type { Context } from '../../explain/types.ts';
import type { OciImage } from '../../oci/types.ts';
import { publishedCauses } from '../../explain/published-causes.ts';
import type { Compared } from './types.ts';

/** Lines that are reported of one comparison. */
const TOLD = 40;

export interface Facts {
  sourceDateEpoch: number;
  recipe: string;
}

interface More extends Facts {
  context: Context;
  /** Where the second image is the published one: both, to tell what only a published image has. */
  published: { rebuilt: OciImage; image: OciImage } | null;
}

/** A comparison as an audit tells it: what differs, and why. */
export function compared(result: DiffResult, { context, published }: More): Compared {
  const own = published === null ? [] : publishedCauses(published.rebuilt, published.image, result);
  const why = [...own, ...(result.identical ? [] : lines(explainDiff(result, context)))];
  const told = why.length > TOLD ? [...why.slice(0, TOLD), `… and ${why.length - TOLD} more`] : why;
  return { equal: result.identical, rung: result.rung, why: told };
}

function lines({ entries, config, manifest, index = [], truncated }: DiffResult): string[] {
  const causesOf = (causes: { id: string; evidence: string }[] | undefined): string => {
    const [first] = causes ?? [];
    return first === undefined ? 'unexplained' : `${first.id}: ${first.evidence}`;
  };
  const documents = [
    ['config', config],
    ['manifest', manifest],
    ['index', index],
  ] as const;
  return [
    ...entries.map(
      ({ path, change, causes }) =>
        `${path === '' ? 'the end of a layer' : path} ${change}: ${causesOf(causes)}`,
    ),
    ...documents.flatMap(([name, diffs]) =>
      diffs.map(({ pointer, causes }) => `${name} ${pointer}: ${causesOf(causes)}`),
    ),
    ...(truncated ? ['there are more differences than were looked at'] : []),
  ];
}
