/** Axes that together make a difference, and which sets of axes showed it. */
export interface Found<T> {
  /** As few as make it; without any one of them it is gone. */
  axes: T[];
  /** A set that makes a difference, and one that does not: they differ in one of the axes. */
  differing: T[];
  equal: T[];
}

/**
 * Finds as few axes as together make a difference, by asking for sets of them. What is known beforehand: all of them
 * make one, none makes none. Halving a row of axes finds the one whose addition brings the difference in; when that
 * one alone does not, the axes before it in the row hold what it needs, and are searched with it switched on
 * (the search for an interaction of A. Zeller, Delta Debugging, for a difference that more axes do not undo).
 * A single cause among n axes takes at most ⌈log₂ n⌉ + 1 questions, the last of which shows that it is enough alone.
 * @param differs asked at most once for each set
 */
export async function findCause<T>(
  all: readonly T[],
  differs: (axes: readonly T[]) => Promise<boolean>,
): Promise<Found<T>> {
  const known = new Map<string, boolean>([
    [keyOf(all, all), true],
    [keyOf(all, []), false],
  ]);
  const ask = async (axes: readonly T[]): Promise<boolean> => {
    const key = keyOf(all, axes);
    const answer = known.get(key) ?? (await differs([...axes]));
    known.set(key, answer);
    return answer;
  };
  const needed: T[] = [];
  let row = [...all];
  let equal: T[];
  do {
    const at = await firstDiffering(row, needed, ask);
    equal = [...needed, ...row.slice(0, at)];
    needed.push(...row.slice(at, at + 1));
    row = row.slice(0, at);
  } while (row.length > 0 && !(await ask(needed)));
  const axes = await leaveOut(needed, ask);
  const last = axes.at(-1);
  // Where the others alone were asked for, that is the plainer proof.
  const others = axes.filter((axis) => axis !== last);
  return { axes, differing: axes, equal: known.get(keyOf(all, others)) === false ? others : equal };
}

/** Place in the row of the axis with which the difference comes in, when those of `base` are on as well. */
async function firstDiffering<T>(
  row: readonly T[],
  base: readonly T[],
  ask: (axes: readonly T[]) => Promise<boolean>,
): Promise<number> {
  let [equal, differing] = [0, row.length];
  while (differing - equal > 1) {
    const middle = Math.floor((equal + differing) / 2);
    if (await ask([...base, ...row.slice(0, middle)])) differing = middle;
    else equal = middle;
  }
  return equal;
}

/** Without those that are not needed: each of several is shown to be. */
async function leaveOut<T>(axes: T[], ask: (axes: readonly T[]) => Promise<boolean>): Promise<T[]> {
  let kept = axes;
  for (const axis of axes) {
    const others = kept.filter((other) => other !== axis);
    if (kept.length > 1 && (await ask(others))) kept = others;
  }
  return kept;
}

const keyOf = <T>(all: readonly T[], axes: readonly T[]): string =>
  all.map((axis) => (axes.includes(axis) ? '1' : '0')).join('');
