/** How much of two texts is alike at both ends, as a share of the longer one. */
export function alike(a: string, b: string): number {
  const room = Math.min(a.length, b.length);
  let head = 0;
  while (head < room && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < room - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  return (head + tail) / Math.max(a.length, b.length, 1);
}

/** Pairs are looked for among this many; longer lists are paired in their order. */
const MAX_PAIRED = 64;

/** Pairs the items of two equally long lists so that those are together which are most alike. */
export function pairAlike(a: readonly string[], b: readonly string[]): [string, string][] {
  if (a.length > MAX_PAIRED) return a.map((text, at) => [text, b[at] ?? '']);
  const all = a.flatMap((one, x) => b.map((other, y) => ({ x, y, score: alike(one, other) })));
  const [usedA, usedB] = [new Set<number>(), new Set<number>()];
  const pairs: [number, number][] = [];
  for (const { x, y } of all.sort((one, other) => other.score - one.score)) {
    if (usedA.has(x) || usedB.has(y)) continue;
    usedA.add(x);
    usedB.add(y);
    pairs.push([x, y]);
  }
  return pairs.sort(([x], [y]) => x - y).map(([x, y]) => [a[x] ?? '', b[y] ?? '']);
}
