/** Matches one character. */
type Matcher = (character: string) => boolean;

/**
 * One part of a path against one part of a pattern, as Go's `filepath.Match` does it. A regular expression would need
 * time without limit for some patterns.
 */
export function matchesPart(pattern: string, name: string): boolean {
  const chunks = chunksOf(pattern);
  if (chunks === null) return false;
  const characters = Array.from(name);
  const [first = [], ...others] = chunks;
  if (!startsAt(first, characters, 0)) return false;
  let at = first.length;
  for (const [number, chunk] of others.entries()) {
    // What comes after the last star must end the name.
    const from = number === others.length - 1 ? characters.length - chunk.length : at;
    const found = number === others.length - 1 ? from : indexOf(chunk, characters, from);
    if (found < at || !startsAt(chunk, characters, found)) return false;
    at = found + chunk.length;
  }
  return others.length > 0 || at === characters.length;
}

function indexOf(chunk: readonly Matcher[], characters: readonly string[], from: number): number {
  for (let at = from; at + chunk.length <= characters.length; at++)
    if (startsAt(chunk, characters, at)) return at;
  return -1;
}

const startsAt = (chunk: readonly Matcher[], characters: readonly string[], at: number): boolean =>
  at + chunk.length <= characters.length && chunk.every((matches, i) => matches(characters[at + i] ?? ''));

/** What stands between the stars; null for a pattern that is none. */
function chunksOf(pattern: string): Matcher[][] | null {
  const chunks: Matcher[][] = [[]];
  const tokens = /\*+|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|\\(.)|([^*?[\\])|./gsu;
  for (const [token, not, range, escaped, plain] of pattern.matchAll(tokens)) {
    if (token.startsWith('*')) chunks.push([]);
    else if (token === '?') chunks.at(-1)?.push(() => true);
    else if (range !== undefined) chunks.at(-1)?.push(inRange(range, not === '^'));
    else if (escaped === undefined && plain === undefined) return null;
    else chunks.at(-1)?.push((character) => character === (escaped ?? plain));
  }
  return chunks;
}

function inRange(range: string, not: boolean): Matcher {
  const pairs = [...range.matchAll(/(\\.|[^\\])(?:-(\\.|[^\\]))?/gsu)].map(([, low = '', high = low]) => [
    low.replace(/^\\/, ''),
    high.replace(/^\\/, ''),
  ]);
  return (character) => pairs.some(([low = '', high = '']) => low <= character && character <= high) !== not;
}

/** A whole path against a pattern, both in parts; `**` is any number of parts, also none. */
export function matchesPath(pattern: readonly string[], path: readonly string[]): boolean {
  let reached = new Set([0]);
  const step = (from: ReadonlySet<number>): Set<number> => {
    const all = new Set(from);
    for (const at of all) if (pattern[at] === '**') all.add(at + 1);
    return all;
  };
  for (const name of path) {
    const next = new Set<number>();
    for (const at of step(reached)) {
      const part = pattern[at];
      if (part === '**') next.add(at);
      else if (part !== undefined && matchesPart(part, name)) next.add(at + 1);
    }
    reached = next;
  }
  return step(reached).has(pattern.length);
}
