/** Variations that together make a difference, and which sets of variations showed it. */
export interface ResponsibleVariations<T> {
  /** As few as make it; without any one of them it is gone. */
  variations: T[];
  /** A set that makes a difference, and one that does not: they differ in one of the variations. */
  differing: T[];
  equal: T[];
}

/** Asks for a set at most once. */
type Ask<T> = (variations: readonly T[]) => Promise<boolean>;

/**
 * Finds as few variations as together make a difference, by asking for sets of them. What is known beforehand: none makes
 * none. A single cause among n variations takes at most ⌈log₂ n⌉ + 1 questions, the last of which shows that it is enough
 * alone; only when there is none does it take one more to find that all together make no difference.
 * @param differs asked at most once for each set
 * @returns null when all together make no difference
 */
export async function findCause<T>(
  all: readonly T[],
  differs: (variations: readonly T[]) => Promise<boolean>,
): Promise<ResponsibleVariations<T> | null> {
  const known = new Map<string, boolean>([[keyOf(all, []), false]]);
  const ask = async (variations: readonly T[]): Promise<boolean> => {
    const key = keyOf(all, variations);
    const answer = known.get(key) ?? (await differs([...variations]));
    known.set(key, answer);
    return answer;
  };
  const single = await singleCause(all, ask);
  if (single !== null) return { variations: [single], differing: [single], equal: [] };
  if (!(await ask(all))) return null;
  const variations = await interaction(all, ask);
  const last = variations.at(-1);
  return { variations, differing: variations, equal: variations.filter((variation) => variation !== last) };
}

/** Halves what is left, each half alone; the variation that is left at last is asked for alone, too. */
async function singleCause<T>(all: readonly T[], ask: Ask<T>): Promise<T | null> {
  let row = [...all];
  while (row.length > 1) {
    const half = row.slice(0, Math.ceil(row.length / 2));
    row = (await ask(half)) ? half : row.slice(half.length);
  }
  const [left] = row;
  return left !== undefined && (await ask([left])) ? left : null;
}

/**
 * Variations that only together make a difference. Halving a row of variations finds the one whose addition brings it in; when
 * that one alone does not, the variations before it in the row hold what it needs, and are searched with it switched on
 * (the search for an interaction of A. Zeller, Delta Debugging, for a difference that more variations do not undo).
 */
async function interaction<T>(all: readonly T[], ask: Ask<T>): Promise<T[]> {
  const needed: T[] = [];
  let row = [...all];
  do {
    const at = await firstDiffering(row, needed, ask);
    needed.push(...row.slice(at, at + 1));
    row = row.slice(0, at);
  } while (row.length > 0 && !(await ask(needed)));
  return await leaveOut(needed, ask);
}

/** Place in the row of the variation with which the difference comes in, when those of `base` are on as well. */
async function firstDiffering<T>(row: readonly T[], base: readonly T[], ask: Ask<T>): Promise<number> {
  let [equal, differing] = [0, row.length];
  while (differing - equal > 1) {
    const middle = Math.floor((equal + differing) / 2);
    if (await ask([...base, ...row.slice(0, middle)])) differing = middle;
    else equal = middle;
  }
  return equal;
}

/** Without those that are not needed; of the rest, each was left out once and the difference was gone. */
async function leaveOut<T>(variations: readonly T[], ask: Ask<T>): Promise<T[]> {
  for (const variation of variations.length > 1 ? variations : []) {
    const others = variations.filter((other) => other !== variation);
    if (await ask(others)) return await leaveOut(others, ask);
  }
  return [...variations];
}

const keyOf = <T>(all: readonly T[], variations: readonly T[]): string =>
  all.map((variation) => (variations.includes(variation) ? '1' : '0')).join('');
