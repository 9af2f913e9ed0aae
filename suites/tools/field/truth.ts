import type { Variation } from '../../../harness/model/variations.ts';

/** What makes a path differ, as building has shown it: variations that do so alone, and whether it differs by itself. */
export interface Truth {
  flips: ReadonlyMap<string, ReadonlySet<Variation>>;
  /** Differ between two builds of which nothing was varied. */
  itself: ReadonlySet<string>;
  builds: number;
}

/** Builds with these variations, and gives the paths that differ from the first build, of which nothing was varied. */
export type Differing = (variations: readonly Variation[]) => Promise<ReadonlySet<string>>;

/**
 * Which variations make which paths differ, in few builds: halves of the variations are tried, and only those halves
 * further that make a path differ. What takes several variations at once is found in neither half, and has none.
 */
export async function truthOf(variations: readonly Variation[], differing: Differing): Promise<Truth> {
  const flips = new Map<string, Set<Variation>>();
  let builds = 0;
  const built = async (some: readonly Variation[]): Promise<ReadonlySet<string>> => {
    builds += 1;
    return await differing(some);
  };
  const itself = await built([]);
  const search = async (some: readonly Variation[]): Promise<void> => {
    const paths = [...(await built(some))].filter((path) => !itself.has(path));
    const [only] = some;
    if (paths.length === 0 || only === undefined) return;
    if (some.length === 1) {
      for (const path of paths) flips.set(path, (flips.get(path) ?? new Set()).add(only));
      return;
    }
    const half = Math.ceil(some.length / 2);
    await search(some.slice(0, half));
    await search(some.slice(half));
  };
  await search(variations);
  return { flips, itself, builds };
}
