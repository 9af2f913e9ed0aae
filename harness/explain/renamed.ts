import type { EntryDiff } from '../compare/types.ts';
import { alike } from './alike.ts';
import { lineSites } from './sites/lines.ts';
import type { DifferenceSite } from './types.ts';

const folderOf = ({ path }: EntryDiff): string => path.slice(0, path.lastIndexOf('/') + 1);
const nameOf = ({ path }: EntryDiff): string => path.slice(path.lastIndexOf('/') + 1);

const ALIKE = 0.25;

/**
 * Pairs of a removed and an added entry that are likely one thing under two names: in one folder, of one type, with
 * names of equal length, or the only ones.
 */
export function renamedPairs(entries: readonly EntryDiff[]): Map<EntryDiff, DifferenceSite[]> {
  const found = new Map<EntryDiff, DifferenceSite[]>();
  const removed = entries.filter(({ change }) => change === 'removed');
  const added = new Map(
    Map.groupBy(
      entries.filter(({ change }) => change === 'added'),
      folderOf,
    ),
  );
  for (const one of removed) {
    const candidates = (added.get(folderOf(one)) ?? []).filter(
      (other) => !found.has(other) && other.b?.type === one.a?.type && fits(one, other),
    );
    const scored = candidates.map((other) => ({ other, score: alike(nameOf(one), nameOf(other)) }));
    const best = scored.toSorted((x, y) => y.score - x.score)[0];
    if (best === undefined || (best.score < ALIKE && candidates.length > 1)) continue;
    const sites = lineSites(one.path, best.other.path, { format: 'name', part: '' }, 'name');
    found.set(one, sites);
    found.set(best.other, sites);
    if (one.a?.type === 'dir') belowRenamed(entries, { one, other: best.other, sites }, found);
  }
  return found;
}

/** What lies in a folder of another name has another path for the same reason; its content may differ for others. */
function belowRenamed(
  entries: readonly EntryDiff[],
  { one, other, sites }: { one: EntryDiff; other: EntryDiff; sites: DifferenceSite[] },
  found: Map<EntryDiff, DifferenceSite[]>,
): void {
  const below = ({ path }: EntryDiff): Map<string, EntryDiff> =>
    new Map(
      entries.flatMap((entry) =>
        entry.change !== 'changed' && entry.path.startsWith(`${path}/`)
          ? [[entry.path.slice(path.length), entry]]
          : [],
      ),
    );
  const [before, after] = [below(one), below(other)];
  for (const [rest, entry] of [...before, ...after]) {
    const [a, b] = [before.get(rest)?.a?.sha256, after.get(rest)?.b?.sha256];
    found.set(entry, a === b ? sites : [...sites, unseen(a ?? '', b ?? '')]);
  }
}

function unseen(a: string, b: string): DifferenceSite {
  const where = { format: 'unseen', part: '', name: '', place: 'content', lineA: '', lineB: '' };
  return { ...where, kind: 'bytes', a, b };
}

function fits(one: EntryDiff, other: EntryDiff): boolean {
  const [a, b] = [nameOf(one), nameOf(other)];
  return a.length === b.length || alike(a, b) >= 0.5;
}
