/** A relationship of SPDX 2.3, section 11. */
export interface Relationship {
  spdxElementId: string;
  relationshipType: string;
  relatedSpdxElement: string;
}

/** Relationships by which something is part of something else, and whether the whole stands before or behind. */
const PARTS = new Map<string, 'before' | 'behind'>([
  ['CONTAINS', 'before'],
  ['CONTAINED_BY', 'behind'],
  ['DEPENDS_ON', 'before'],
  ['DEPENDENCY_OF', 'behind'],
  ['PACKAGE_OF', 'behind'],
]);

/** What is reachable from some elements by being part of them. */
export function partsOf(roots: readonly string[], relationships: readonly Relationship[]): Set<string> {
  const parts = new Map<string, string[]>();
  for (const { spdxElementId, relationshipType, relatedSpdxElement } of relationships) {
    const whole = PARTS.get(relationshipType);
    if (whole === undefined) continue;
    const [from, to] =
      whole === 'before' ? [spdxElementId, relatedSpdxElement] : [relatedSpdxElement, spdxElementId];
    const list = parts.get(from);
    if (list === undefined) parts.set(from, [to]);
    else list.push(to);
  }
  const found = new Set<string>();
  const open = [...roots];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const part of parts.get(id) ?? []) {
      if (found.has(part)) continue;
      found.add(part);
      open.push(part);
    }
  }
  return found;
}
