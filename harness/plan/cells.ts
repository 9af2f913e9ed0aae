import type { Catalog, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { subjectsChangedSince } from './changed-since.ts';
import { selectSubjects } from './select.ts';
import { shardCells } from './shard.ts';
import type { Cell, Selection } from './types.ts';

/**
 * Subjects × claims, in the order of the catalog. Claims that the catalog does not make are cells too, with the reason.
 * A shard is taken last.
 * @returns may be empty: nothing changed, or a shard of fewer subjects than shards
 * @throws TwinproofError `usage` for a selection that fits nothing in the catalog, or a revision that git does not know
 */
export async function planCells(catalog: Catalog, selection: Selection): Promise<Cell[]> {
  requireKnownClaims(catalog, selection.claims);
  let subjects = selectSubjects(catalog.subjects, selection.images);
  if (selection.changedSince !== undefined) {
    const changed = await subjectsChangedSince(catalog, selection.changedSince);
    subjects = subjects.filter(({ id }) => changed.has(id));
  }
  const cells = subjects.flatMap((subject) => cellsOf(subject, selection.claims));
  return selection.shard === undefined ? cells : shardCells(cells, selection.shard);
}

function requireKnownClaims({ subjects }: Catalog, claims: readonly string[]): void {
  const known = new Set(subjects.flatMap((subject) => Object.keys(subject.claims)));
  const unknown = claims.find((claim) => !known.has(claim));
  if (unknown === undefined) return;
  throw new TwinproofError('usage', `no subject of the catalog speaks of the claim ${unknown}`, {
    hint: `claims are ${[...known].join(', ')}`,
  });
}

function cellsOf(subject: Subject, claims: readonly string[]): Cell[] {
  return Object.entries(subject.claims)
    .filter(([claim]) => claims.length === 0 || claims.includes(claim))
    .map(([claim, request]) => ({ subject, claim, skipped: request.made ? null : request.reason }));
}
