import { TwinproofError } from '../../errors.ts';
import { VARIATIONS, type Variation } from '../../model/variations.ts';

/**
 * Not varied unless asked for: buildah sets the umask of RUN instructions itself, so that a recipe may rely on it; and
 * programs refuse to run on a kernel that says it is twenty years old (Debian's libc6 does). docs/variations.md has
 * what was measured.
 */
const ON_REQUEST: readonly Variation[] = ['umask', 'kernel'];

/** The strongest set under which what is reproducible stays so. */
export const DEFAULT_VARIATIONS: readonly Variation[] = VARIATIONS.filter(
  (variation) => !ON_REQUEST.includes(variation),
);

const HINT = `variations are ${VARIATIONS.join(', ')}; also all, none, default`;

/**
 * Variations of `--vary`: `all`, `none`, `default` or names, each adding to the one before; `+name` and `-name` add to the
 * default set, or take from what came before (reprotest(1), `--variations`).
 * @throws TwinproofError `usage`
 */
export function parseVary(text: string): Variation[] {
  const words = text.split(',').filter((word) => word !== '');
  // A variable that a script forgot to set must not leave everything alike unseen.
  if (words.length === 0) throw new TwinproofError('usage', '--vary names no variation', { hint: HINT });
  const chosen = new Set<Variation>(/^[+-]/.test(words[0] ?? '') ? DEFAULT_VARIATIONS : []);
  for (const word of words) {
    const name = word.replace(/^[+-]/, '');
    for (const variation of named(name)) {
      if (word.startsWith('-')) chosen.delete(variation);
      else chosen.add(variation);
    }
  }
  return VARIATIONS.filter((variation) => chosen.has(variation));
}

function named(name: string): readonly Variation[] {
  if (name === 'all') return VARIATIONS;
  if (name === 'none') return [];
  if (name === 'default') return DEFAULT_VARIATIONS;
  const variation = VARIATIONS.find((known) => known === name);
  if (variation !== undefined) return [variation];
  throw new TwinproofError('usage', `--vary: there is no variation ${name}`, {
    hint: HINT,
  });
}
