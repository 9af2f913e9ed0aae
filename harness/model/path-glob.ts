/** What one place of a pattern takes of a path: a character, or any number of them; or it may be left out with what follows. */
type Step = { takes: (character: string) => boolean; repeats: boolean } | { leavesOut: number };

const any = (): boolean => true;
const inName = (character: string): boolean => character !== '/';
const one = (takes: (character: string) => boolean): Step => ({ takes, repeats: false });
const literal = (character: string): Step => one((other) => other === character);
const many = (takes: (character: string) => boolean): Step => ({ takes, repeats: true });

/**
 * Matches paths against a glob: `*` and `?` stop at a slash, `**` does not, and with a slash behind it it may be nothing.
 * Anything else stands for itself, also brackets and braces, as they are in names of files: what is exempted must be what
 * somebody wrote. It takes time in proportion to both, whatever they are; a regular expression would not.
 */
export function pathGlob(glob: string): (path: string) => boolean {
  const steps = Array.from(glob.matchAll(/\*\*\/?|[^]/gu), ([token]) => stepsOf(token)).flat();
  return (path) => {
    let places = reachable(steps, [0]);
    for (const character of path) {
      const next: number[] = [];
      for (const place of places) {
        const step = steps[place];
        if (step === undefined || 'leavesOut' in step || !step.takes(character)) continue;
        next.push(step.repeats ? place : place + 1);
      }
      places = reachable(steps, next);
    }
    return places.has(steps.length);
  };
}

function stepsOf(token: string): Step[] {
  if (token === '**/') return [{ leavesOut: 2 }, many(any), literal('/')];
  if (token === '**') return [many(any)];
  if (token === '*') return [many(inName)];
  return [token === '?' ? one(inName) : literal(token)];
}

/** These places, and those behind what may be nothing. */
function reachable(steps: readonly Step[], from: readonly number[]): Set<number> {
  const places = new Set(from);
  for (const place of places) {
    const step = steps[place];
    if (step === undefined) continue;
    if ('leavesOut' in step) places.add(place + 1).add(place + 1 + step.leavesOut);
    else if (step.repeats) places.add(place + 1);
  }
  return places;
}
