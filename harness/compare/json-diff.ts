import type { Json } from '../oci/types.ts';
import { pairItems } from './align.ts';
import type { PointerDiff } from './types.ts';
import { compareText } from '../model/text-order.ts';

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901, section 3. */
function step(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function walk(a: Json | undefined, b: Json | undefined, pointer: string, found: PointerDiff[]): void {
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareText);
    for (const key of keys) {
      walk(
        Object.hasOwn(a, key) ? a[key] : undefined,
        Object.hasOwn(b, key) ? b[key] : undefined,
        pointer + step(key),
        found,
      );
    }
  } else if (Array.isArray(a) && Array.isArray(b)) {
    for (const [one, other] of pairItems(a, b)) {
      const [itemA, itemB] = [one === null ? undefined : a[one], other === null ? undefined : b[other]];
      walk(itemA, itemB, pointer + step(one ?? other ?? 0), found);
    }
  } else if (isObject(a) || isObject(b) || Array.isArray(a) || Array.isArray(b) || a !== b) {
    found.push({ pointer, ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) });
  }
}

/**
 * All places where two documents differ: objects by key, arrays by position or, where one is longer, by what their items
 * have in common; sorted as they stand, keys by code unit. A pointer leads into A, or into B for what only that has.
 * Documents come from parseJson, which bounds their depth. Numbers that JavaScript cannot tell apart count as equal;
 * the digests of the documents decide, not this list.
 */
export function jsonDiff(a: Json, b: Json): PointerDiff[] {
  const found: PointerDiff[] = [];
  walk(a, b, '', found);
  return found;
}
