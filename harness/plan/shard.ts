import { TwinproofError } from '../errors.ts';
import type { Cell } from './types.ts';

const MAX_SHARDS = 10_000;

/**
 * The `I`-th of `N` parts: item 1, N+1, 2N+1 … for `1/N`. Every item is in exactly one part, the parts differ by at most
 * one item, and variants of one image, which lie next to each other, are spread.
 * @param shard `I/N`, from `1/N` to `N/N`
 * @throws TwinproofError `usage`
 */
export function shardOf<T>(items: readonly T[], shard: string): T[] {
  const match = /^([0-9]{1,6})\/([0-9]{1,6})$/.exec(shard);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (match === null || index < 1 || count > MAX_SHARDS || index > count) {
    throw new TwinproofError('usage', `--shard ${shard} must be I/N with 1 ≤ I ≤ N`, {
      hint: 'write I/N, from 1/N to N/N, such as 2/3',
    });
  }
  return items.filter((_, i) => i % count === index - 1);
}

/** The cells of a shard. It is taken of whole subjects, since the claims of a subject share its builds. */
export function shardCells(cells: readonly Cell[], shard: string): Cell[] {
  const part = new Set(shardOf([...new Set(cells.map(({ subject }) => subject))], shard));
  return cells.filter(({ subject }) => part.has(subject));
}
