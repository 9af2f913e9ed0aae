import type { Json } from '../oci/types.ts';

/** Items of two lists that belong together; null where one has no counterpart. */
export type Pairing = [a: number | null, b: number | null][];

/** Products of lengths above this are paired by position: aligning takes that many steps. */
const MAX_STEPS = 250_000;

/** What says that two items are meant as the same: the command of a step of the history, or all there is. */
function identity(item: Json): string {
  const command = typeof item === 'object' && item !== null && !Array.isArray(item) ? item.created_by : null;
  return JSON.stringify(typeof command === 'string' ? command : item);
}

const byPosition = (a: number, b: number): Pairing =>
  Array.from({ length: Math.max(a, b) }, (_, at) => [at < a ? at : null, at < b ? at : null]);

/**
 * Pairs the items of two lists. Lists of one length are paired by position. Of others one has items that the other
 * leaves out: the longest common sequence stays together, so that one more item is reported as one.
 */
export function pairItems(a: readonly Json[], b: readonly Json[]): Pairing {
  if (a.length === b.length || a.length * b.length > MAX_STEPS) return byPosition(a.length, b.length);
  const [left, right] = [a.map(identity), b.map(identity)];
  const common = commonLengths(left, right);
  const pairs: Pairing = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [skipA, skipB] = [common[i + 1]?.[j] ?? 0, common[i]?.[j + 1] ?? 0];
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (skipA === skipB) pairs.push([i++, j++]);
    else if (skipA > skipB) pairs.push([i++, null]);
    else pairs.push([null, j++]);
  }
  while (i < a.length) pairs.push([i++, null]);
  while (j < b.length) pairs.push([null, j++]);
  return pairs;
}

/** Length of the longest common sequence of what follows, for every pair of places. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [row, next] = [rows[i] ?? [], rows[i + 1] ?? []];
      row[j] = a[i] === b[j] ? 1 + (next[j + 1] ?? 0) : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}
