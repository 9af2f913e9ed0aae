/**
 * The subject that a name means: the whole id, `image/variant` where it has one platform, or the image where there is one subject of it.
 * @returns null where it means none or several
 */
export function namedSubject(subjects: Iterable<string>, name: string): string | null {
  const all = [...new Set(subjects)];
  if (all.includes(name)) return name;
  const found = all.filter((id) => id.startsWith(`${name}@`) || id.startsWith(`${name}/`));
  return found.length === 1 ? (found[0] ?? null) : null;
}
