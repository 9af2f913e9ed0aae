import type { EntryDiff } from '../compare/types.ts';
import { alike } from './alike.ts';
import { lineSpots } from './spots/lines.ts';
import type { Spot } from './types.ts';

const folderOf = ({ path }: EntryDiff): string => path.slice(0, path.lastIndexOf('/') + 1);
const nameOf = ({ path }: EntryDiff): string => path.slice(path.lastIndexOf('/') + 1);

const ALIKE = 0.25;

/**
 * Pairs of a removed and an added entry that are likely one thing under two names: in one folder, of one type, with
 * names of equal length, or the only ones.
 */
export function renamedPairs(entries: readonly EntryDiff[]): Map<EntryDiff, Spot[]> {
  const found = new Map<EntryDiff, Spot[]>();
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
    const spots = lineSpots(one.path, best.other.path, { format: 'name', part: '' }, 'name');
    found.set(one, spots);
    found.set(best.other, spots);
    if (one.a?.type === 'dir') belowRenamed(entries, { one, other: best.other, spots }, found);
  }
  return found;
}

/** What lies in a folder of another name has another path for the same reason; its content may differ for others. */
function belowRenamed(
  entries: readonly EntryDiff[],
  { one, other, spots }: { one: EntryDiff; other: EntryDiff; spots: Spot[] },
  found: Map<EntryDiff, Spot[]>,
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
    found.set(entry, a === b ? spots : [...spots, unseen(a ?? '', b ?? '')]);
  }
}

function unseen(a: string, b: string): Spot {
  const where = { format: 'unseen', part: '', name: '', place: 'content', lineA: '', lineB: '' };
  return { ...where, kind: 'bytes', a, b };
}

function fits(one: EntryDiff, other: EntryDiff): boolean {
  const [a, b] = [nameOf(one), nameOf(other)];
  return a.length === b.length || alike(a, b) >= 0.5;
}
