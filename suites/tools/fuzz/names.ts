import type { Random } from '../../../bench/images/random.ts';
import { pick } from './mutate.ts';

/** One of the names as somebody mistypes it; none of them, and of the letters that names are made of. */
export function misspelt(random: Random, names: readonly string[]): string {
  const name = pick(random, names);
  const at = random.below(name.length);
  const ways = [
    name.slice(0, at) + name.slice(at + 1),
    name.slice(0, at) + (name[at] ?? '') + name.slice(at),
    `${name.slice(0, at)}x${name.slice(at + 1)}`,
    `${name}s`,
    name.slice(0, at) + (name[at + 1] ?? 'y') + (name[at] ?? '') + name.slice(at + 2),
    pick(random, ['constructor', 'tostring', 'all', 'none']),
  ];
  const wrong = ways.filter((way) => !names.includes(way) && /^[a-z][a-z0-9-]*$/.test(way));
  return pick(random, wrong);
}
