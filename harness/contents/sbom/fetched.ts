/**
 * Marks of packages that Hermeto (once cachi2) has fetched for the build. Mobster puts them beside those that Syft has found in the
 * image, and nothing else tells them apart.
 */
const MARKS = new Set(['cachi2:found_by', 'hermeto:found_by']);

/** @param name of a property of CycloneDX, or of what an annotation of SPDX says in JSON */
export const isFetched = (name: string): boolean => MARKS.has(name);

/** Whether the comment of an annotation says that a package was fetched: `{"name": "hermeto:found_by", "value": "hermeto"}`. */
export function saysFetched(comment: string): boolean {
  const name = /^\{\s*"name"\s*:\s*"([^"]*)"/.exec(comment)?.[1];
  return name !== undefined && isFetched(name);
}
