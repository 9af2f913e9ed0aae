import type { OciImage } from '../oci/types.ts';

/** Which layers of two images belong together; only determined where there are equally many. */
export interface LayerPairs {
  /** For each layer of A, its number in B. */
  toB: number[];
  /** With the same content at different places. */
  moved: { a: number; b: number }[];
  /** With different contents. */
  differing: { a: number; b: number }[];
}

/**
 * Layers with the same content belong together, first those at the same place; what is left does in its order.
 * @returns null where there are not equally many, and nothing can be determined of those that differ
 */
export function pairLayers(a: OciImage, b: OciImage): LayerPairs | null {
  if (a.layers.length !== b.layers.length) return null;
  const [inA, inB] = [a, b].map(({ layers }) => layers.map(({ diffId }) => diffId)) as [string[], string[]];
  const toB = inA.map((diffId, number) => (inB[number] === diffId ? number : -1));
  const free = new Set(inB.flatMap((diffId, number) => (inA[number] === diffId ? [] : [number])));
  const take = (number: number, wanted: (diffId: string) => boolean): void => {
    const found = [...free].find((other) => wanted(inB[other] ?? ''));
    if (toB[number] !== -1 || found === undefined) return;
    toB[number] = found;
    free.delete(found);
  };
  for (const [number, diffId] of inA.entries()) take(number, (other) => other === diffId);
  for (const number of inA.keys()) take(number, () => true);
  const pairs = toB.map((other, number) => ({ a: number, b: other }));
  const isSame = (pair: { a: number; b: number }): boolean => inA[pair.a] === inB[pair.b];
  return {
    toB,
    moved: pairs.filter((pair) => pair.a !== pair.b && isSame(pair)),
    differing: pairs.filter((pair) => !isSame(pair)),
  };
}
