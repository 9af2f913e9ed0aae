import { TwinproofError } from '../../errors.ts';
import { AXES, type Axis } from './types.ts';

/**
 * Not varied unless asked for: buildah sets the umask of RUN instructions itself, so that a recipe may rely on it; and
 * programs refuse to run on a kernel that says it is twenty years old (Debian's libc6 does). docs/variations.md has
 * what was measured.
 */
const ON_REQUEST: readonly Axis[] = ['umask', 'kernel'];

/** The strongest set under which what is reproducible stays so. */
export const DEFAULT_AXES: readonly Axis[] = AXES.filter((axis) => !ON_REQUEST.includes(axis));

const HINT = `axes are ${AXES.join(', ')}; also all, none, default`;

/**
 * Axes of `--vary`: `all`, `none`, `default` or names, each adding to the one before; `+name` and `-name` add to the
 * default set, or take from what came before (reprotest(1), `--variations`).
 * @throws TwinproofError `usage`
 */
export function parseVary(text: string): Axis[] {
  const words = text.split(',').filter((word) => word !== '');
  // A variable that a script forgot to set must not leave everything alike unseen.
  if (words.length === 0) throw new TwinproofError('usage', '--vary names no axis', { hint: HINT });
  const chosen = new Set<Axis>(/^[+-]/.test(words[0] ?? '') ? DEFAULT_AXES : []);
  for (const word of words) {
    const name = word.replace(/^[+-]/, '');
    for (const axis of named(name)) {
      if (word.startsWith('-')) chosen.delete(axis);
      else chosen.add(axis);
    }
  }
  return AXES.filter((axis) => chosen.has(axis));
}

function named(name: string): readonly Axis[] {
  if (name === 'all') return AXES;
  if (name === 'none') return [];
  if (name === 'default') return DEFAULT_AXES;
  const axis = AXES.find((known) => known === name);
  if (axis !== undefined) return [axis];
  throw new TwinproofError('usage', `--vary: there is no axis ${name}`, {
    hint: HINT,
  });
}
