/**
 * The fewest items that must be moved to bring a sequence into ascending order: all outside a longest ascending
 * subsequence (patience sorting, O(n log n)).
 * @param positions distinct numbers
 * @returns indexes into `positions`
 */
export function movedItems(positions: readonly number[]): number[] {
  if (positions.every((position, at) => at === 0 || position > (positions[at - 1] ?? 0))) return [];
  // tails[k]: index of the smallest number that ends an ascending subsequence of length k + 1.
  const tails: number[] = [];
  const previous = new Int32Array(positions.length).fill(-1);
  for (const [at, position] of positions.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((positions[tails[middle] ?? 0] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    previous[at] = low === 0 ? -1 : (tails[low - 1] ?? -1);
    tails[low] = at;
  }
  const kept = new Uint8Array(positions.length);
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) kept[at] = 1;
  return Array.from(positions.keys()).filter((at) => kept[at] !== 1);
}
