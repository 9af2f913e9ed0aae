interface Instruction {
  /** Lines from first to last, counted from 1. */
  first: number;
  last: number;
  /** Without its keyword and continuation marks, white space as single spaces. */
  text: string;
}

/** The instructions of a Containerfile and the lines they stand on. */
function instructionsOf(recipe: string): Instruction[] {
  const found: Instruction[] = [];
  let open: { first: number; last: number; parts: string[] } | null = null;
  const close = ({ first, last, parts }: { first: number; last: number; parts: string[] }): void => {
    found.push({ first, last, text: spaced(parts.join(' ').replace(/^\s*\w+\s+/, '')) });
  };
  for (const [index, line] of recipe.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    open ??= { first: index + 1, last: index + 1, parts: [] };
    open.last = index + 1;
    open.parts.push(line.replace(/\\\s*$/, ''));
    if (/\\\s*$/.test(line)) continue;
    close(open);
    open = null;
  }
  // A mark of continuation on the last line continues nothing.
  if (open !== null) close(open);
  return found;
}

const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/**
 * The lines of the instruction that made a layer, told by what the image's history says of it (`created_by`), which
 * holds the instruction's text behind a shell or a keyword. Null where no instruction fits.
 */
function guiltyLines(recipe: string, createdBy: string): Lines | null {
  const said = spaced(createdBy);
  const fitting = instructionsOf(recipe).filter(({ text }) => text.length > 2 && said.includes(text));
  // The longest text that fits is the one meant: `COPY a` is part of `COPY a b`.
  const best = fitting.sort((a, b) => b.text.length - a.text.length)[0];
  return best === undefined ? null : { first: best.first, last: best.last };
}

/** The lines of the instruction that names most of a path, from its end: `etc/built-by` before `built-by`. */
function linesNaming(recipe: string, path: string): Lines | null {
  const parts = path.split('/');
  const tails = parts.map((_, from) => parts.slice(from).join('/')).filter((tail) => tail.length > 3);
  const instructions = instructionsOf(recipe);
  for (const tail of tails) {
    const found = instructions.find(({ text }) => text.includes(tail));
    if (found !== undefined) return { first: found.first, last: found.last };
  }
  return null;
}

export interface Lines {
  first: number;
  last: number;
}

/**
 * The instruction to show for what differs: the one whose text the layer's history holds; where that says no more than
 * that something was copied from another stage, the one that names the first of the paths.
 */
export function guiltyIn(recipe: string, made: readonly string[], paths: readonly string[]): Lines | null {
  for (const text of made) {
    const found = guiltyLines(recipe, text);
    if (found !== null) return found;
  }
  for (const path of paths.slice(0, 20)) {
    const found = linesNaming(recipe, path);
    if (found !== null) return found;
  }
  return null;
}
