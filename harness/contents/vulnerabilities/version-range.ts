import type { CompareVersions } from './types.ts';

interface Constraint {
  is: '<' | '<=' | '>' | '>=' | '=' | '!=';
  version: string;
}

/** Versions that a document names by bounds; null for all versions. */
export type VersionRange = readonly Constraint[] | null;

const MOST_CONSTRAINTS = 1000;

/**
 * Reads `vers:rpm/>=1.2|<2.0` (version range specifier of package URLs), and the same without the part before the slash, as
 * CSAF allows it for a `product_version_range`.
 * @returns undefined for what is neither, such as prose
 */
export function parseRange(text: string): VersionRange | undefined {
  const plain = text.trim().replace(/^vers:[a-z0-9.+-]+\//i, '');
  if (plain === '*') return null;
  const parts = plain.split('|').map((part) => part.trim());
  if (parts.length > MOST_CONSTRAINTS) return undefined;
  const found: Constraint[] = [];
  for (const part of parts) {
    const [, sign = '', version = ''] = /^(<=|>=|!=|<|>|=)?\s*([^\s<>=!|*,]+)$/.exec(part) ?? [];
    const decoded = textOf(version);
    if (decoded === null || !/\d/.test(decoded)) return undefined;
    found.push({ is: sign === '' ? '=' : (sign as Constraint['is']), version: decoded });
  }
  return found;
}

function textOf(version: string): string | null {
  try {
    return decodeURIComponent(version);
  } catch {
    return null;
  }
}

/** Whether a version lies in a range ("vers", containment). */
export function isInRange(range: VersionRange, version: string, compare: CompareVersions): boolean {
  if (range === null) return true;
  const order = (one: Constraint): number => compare(version, one.version);
  if (range.some((one) => one.is === '!=' && order(one) === 0)) return false;
  if (range.some((one) => one.is === '=' && order(one) === 0)) return true;
  const bounds = range
    .filter(({ is }) => is !== '=' && is !== '!=')
    .toSorted((a, b) => compare(a.version, b.version));
  // All versions but some.
  if (bounds.length === 0) return range.every(({ is }) => is === '!=');
  let isOpen = true;
  let isIn = isUpper(bounds[0]);
  for (const bound of bounds) {
    if (isUpper(bound)) {
      if (isOpen && isIn && (bound.is === '<' ? order(bound) < 0 : order(bound) <= 0)) return true;
      isIn = false;
      isOpen = false;
    } else {
      // Of several lower bounds in a row the first says most.
      if (isOpen && isIn) continue;
      isIn = bound.is === '>' ? order(bound) > 0 : order(bound) >= 0;
      isOpen = true;
    }
  }
  return isOpen && isIn;
}

const isUpper = (bound: Constraint | undefined): boolean => bound?.is === '<' || bound?.is === '<=';

/** The least upper bound beyond a version that is no longer in the range: where it is fixed. */
export function fixOf(range: VersionRange, version: string, compare: CompareVersions): string | null {
  const after = (range ?? []).filter((one) => one.is === '<' && compare(version, one.version) < 0);
  return after.map((one) => one.version).toSorted(compare)[0] ?? null;
}
