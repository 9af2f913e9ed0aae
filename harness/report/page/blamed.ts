import { type Instruction, parseContainerfile, wholeText } from '../../containerfile/parse.ts';

const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const instructionsOf = (recipe: string): Instruction[] =>
  parseContainerfile(recipe).filter(({ keyword }) => keyword !== '');

/**
 * The lines of the instruction that made a layer, found by what the image's history says of it (`created_by`), which
 * holds the instruction's text behind a shell or a keyword. Null where no instruction fits.
 */
function blamedLines(recipe: string, createdBy: string): Lines | null {
  const said = spaced(createdBy);
  const texts = instructionsOf(recipe).map((instruction) => ({
    text: spaced(instruction.arguments),
    lines: linesOf(instruction),
  }));
  const fitting = texts.filter(({ text }) => text.length > 2 && said.includes(text));
  // The longest text that fits is the one meant: `COPY a` is part of `COPY a b`.
  return fitting.sort((a, b) => b.text.length - a.text.length)[0]?.lines ?? null;
}

/** The lines of the instruction that names most of a path, from its end: `etc/built-by` before `built-by`. */
function linesNaming(recipe: string, path: string): Lines | null {
  const parts = path.split('/');
  const tails = parts.map((_, from) => parts.slice(from).join('/')).filter((tail) => tail.length > 3);
  const instructions = instructionsOf(recipe);
  for (const tail of tails) {
    const found = instructions.find((instruction) => wholeText(instruction).includes(tail));
    if (found !== undefined) return linesOf(found);
  }
  return null;
}

export interface Lines {
  first: number;
  last: number;
}

const linesOf = ({ line, last }: Instruction): Lines => ({ first: line, last });

/**
 * The instruction to show for what differs: the one whose text the layer's history holds; where that says no more than
 * that something was copied from another stage, the one that names the first of the paths.
 */
export function blamedIn(recipe: string, made: readonly string[], paths: readonly string[]): Lines | null {
  for (const text of made) {
    const found = blamedLines(recipe, text);
    if (found !== null) return found;
  }
  for (const path of paths.slice(0, 20)) {
    const found = linesNaming(recipe, path);
    if (found !== null) return found;
  }
  return null;
}
