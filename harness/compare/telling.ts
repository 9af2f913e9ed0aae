import type { Difference } from './tree-diff.ts';
import type { Field } from './types.ts';

/** Of these there may be one in every entry of an image, and one is like the other. */
const TIMES = new Set<Field>(['mtime', 'atime', 'ctime']);

function isTelling({ a, b, fields }: Difference): boolean {
  return a === null || b === null || fields.some((field) => !TIMES.has(field));
}

/** As many differences as there is room for, in their order; those in nothing but times are the first to be left out. */
export function mostTelling(differences: readonly Difference[], room: number): readonly Difference[] {
  if (differences.length <= room) return differences;
  const telling = differences.filter(isTelling);
  if (telling.length >= room) return telling.slice(0, room);
  let left = room - telling.length;
  return differences.filter((one) => isTelling(one) || left-- > 0);
}
