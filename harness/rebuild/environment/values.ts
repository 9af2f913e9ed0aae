import { createHash } from 'node:crypto';
import type { TwinPlace } from './types.ts';
import type { Variation } from '../../model/variations.ts';

/** Letters without vowels or look-alikes, so that no tag is a word. */
const LETTERS = 'bcdfghjkmnpqrtvw';

/**
 * Twelve letters that stand nowhere else (16^12 possibilities), the same for the same seed, twin and variation.
 * They begin with a letter and hold no digit, so that they may stand in names of any kind.
 */
export function tag(twin: Pick<TwinPlace, 'seed' | 'name'>, variation: Variation): string {
  return [...hash(twin, variation).subarray(0, 12)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** A whole number from `from` up to and without `to`, the same for the same seed, twin and variation. */
export function number(
  twin: Pick<TwinPlace, 'seed' | 'name'>,
  variation: Variation,
  { from, to }: { from: number; to: number },
): number {
  return from + (hash(twin, variation).readUInt32BE(16) % (to - from));
}

const hash = ({ seed, name }: Pick<TwinPlace, 'seed' | 'name'>, variation: Variation): Buffer =>
  createHash('sha256').update(`${seed} ${name} ${variation}`).digest();

/** The text that belongs to the twin's place in the row; further twins begin again. */
export function turn<T>(values: readonly [T, ...T[]], index: number): T {
  return values[index % values.length] ?? values[0];
}
