import { parseContainerfile, wholeText } from '../containerfile/parse.ts';

/** The instructions of a Containerfile, with continued lines joined and comments left out. */
export const instructions = (recipe: string): string[] =>
  parseContainerfile(recipe)
    .map((instruction) => wholeText(instruction).replaceAll(/[ \t]+/g, ' '))
    .filter((text) => text !== '');

/** How much of a path, from its end, an instruction names: 3 for `etc/app/x`, 1 for `x`, 0 for nothing. */
function mentions(instruction: string, parts: readonly string[]): number {
  for (let from = 0; from < parts.length; from++) {
    const tail = parts.slice(from).join('/');
    if (tail.length > 2 && instruction.includes(tail)) return parts.length - from;
  }
  return 0;
}

/** The instructions that seem to have made a path: those that name most of it; all when none names any. */
export function recipeFor(path: string, recipe: string): string {
  if (recipe === '') return '';
  const all = instructions(recipe);
  const parts = path.split('/');
  for (const names of [parts, parts.slice(0, -1)]) {
    const scores = all.map((instruction) => mentions(instruction, names));
    const best = Math.max(0, ...scores);
    if (best > 0) return all.filter((_, at) => scores[at] === best).join('\n');
  }
  return all.join('\n');
}
