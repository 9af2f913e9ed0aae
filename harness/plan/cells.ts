import type { Catalog, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { subjectsChangedSince } from './changed-since.ts';
import { selectSubjects, selects } from './select.ts';
import { shardCells } from './shard.ts';
import type { Cell, Plan, Selection } from './types.ts';

/**
 * Subjects × claims, in the order of the catalog. Claims that the catalog does not make are cells too, with the reason.
 * A shard is taken last.
 * @throws TwinproofError `usage` for a selection that fits nothing in the catalog, or a revision that git does not know
 */
export async function planCells(catalog: Catalog, selection: Selection): Promise<Plan> {
  requireKnownClaims(catalog, selection.claims);
  const selected = selectSubjects(catalog.subjects, selection.images, '--image ');
  requireCells(selected, selection);
  const { changedSince } = selection;
  const changed = changedSince === undefined ? null : await subjectsChangedSince(catalog, changedSince);
  const untouched = catalog.subjects.filter(({ id }) => changed?.subjects.has(id) === false);
  const subjects = selected.filter((subject) => !untouched.includes(subject));
  const cells = subjects.flatMap((subject) => cellsOf(subject, selection.claims));
  return {
    cells: selection.shard === undefined ? cells : shardCells(cells, selection.shard),
    untouched: new Set(untouched.map(({ id }) => id)),
    changedSince: changed?.commit ?? null,
  };
}

function requireKnownClaims({ subjects }: Catalog, claims: readonly string[]): void {
  const known = new Set(subjects.flatMap((subject) => Object.keys(subject.claims)));
  const unknown = claims.find((claim) => !known.has(claim));
  if (unknown === undefined) return;
  throw new TwinproofError('usage', `no subject of the catalog speaks of the claim ${unknown}`, {
    hint: `claims are ${[...known].join(', ')}`,
  });
}

/** Each image and each claim that was named must meet one of the other: what meets none would be left out unseen. */
function requireCells(subjects: readonly Subject[], { images, claims }: Selection): void {
  if (claims.length === 0) return;
  const speaking = subjects.filter((subject) => claims.some((claim) => Object.hasOwn(subject.claims, claim)));
  for (const glob of images) {
    if (selects(glob, speaking)) continue;
    throw new TwinproofError(
      'usage',
      `nothing that --image ${glob} matches speaks of ${claims.join(' or ')}`,
      {
        hint: 'leave out that image, or name a claim of it',
      },
    );
  }
  const silent = claims.find((claim) => !speaking.some((subject) => Object.hasOwn(subject.claims, claim)));
  if (silent === undefined) return;
  throw new TwinproofError('usage', `none of the images that were named speaks of the claim ${silent}`, {
    hint: 'leave out that claim, or name an image that makes it',
  });
}

function cellsOf(subject: Subject, claims: readonly string[]): Cell[] {
  return Object.entries(subject.claims)
    .filter(([claim]) => claims.length === 0 || claims.includes(claim))
    .map(([claim, request]) => ({ subject, claim, skipped: request.made ? null : request.reason }));
}
