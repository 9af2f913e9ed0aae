/** Combinations of a matrix that Tekton's controller takes unless it is told otherwise (`default-max-matrix-combinations-count`). */
const MOST = 256;

export interface Emitted {
  id: string;
  platform: { os: string; architecture: string };
}

/** Subjects that one Pipeline verifies. */
export interface Shard {
  /** `amd64-1-of-2`. */
  name: string;
  platform: string;
  subjects: string[];
}

/** All subjects of a machine's kind in as few Pipelines as Tekton allows, of nearly equal size. */
export function shardsOf(subjects: readonly Emitted[], most = MOST): Shard[] {
  const kinds = Map.groupBy(subjects, ({ platform: { os, architecture } }) => `${os}/${architecture}`);
  return [...kinds].flatMap(([platform, mine]) => {
    const count = Math.ceil(mine.length / most);
    const size = Math.ceil(mine.length / count);
    return Array.from({ length: count }, (_, index) => ({
      name: `${architectureOf(platform)}-${index + 1}-of-${count}`,
      platform,
      subjects: mine.slice(index * size, (index + 1) * size).map(({ id }) => id),
    }));
  });
}

export const architectureOf = (platform: string): string => platform.replace(/^.*\//, '');
