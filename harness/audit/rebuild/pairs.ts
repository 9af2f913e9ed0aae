/** `NAME=VALUE`, as options of build tools have it, in the order given; a later one of a name counts. */
export function pairsOf(entries: readonly string[]): { pairs: Record<string, string>; without: string[] } {
  const pairs = new Map<string, string>();
  const without: string[] = [];
  for (const entry of entries) {
    const at = entry.indexOf('=');
    if (at <= 0) without.push(entry);
    else pairs.set(entry.slice(0, at), entry.slice(at + 1));
  }
  return { pairs: Object.fromEntries(pairs), without };
}

/** The lines of a file for `--build-arg-file` (buildah-build(1)): comments begin with `#`. */
export const argumentLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#'));
