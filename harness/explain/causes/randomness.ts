import type { CauseDefinition } from '../cause.ts';
import { shellWord } from '../../model/shell-word.ts';
import { claimOf } from '../claim.ts';
import { RANDOM_WORD, looksRandom } from '../random.ts';
import { isBuildId } from './build-id.ts';
import type { Seen, DifferenceSite } from '../types.ts';

function fixFor({ recipe, entry }: Seen, sites: readonly DifferenceSite[]): string {
  if (entry.change !== 'changed') return `rm -f ${shellWord(`/${entry.path}`)}`;
  if (/uuid/i.test(recipe))
    return 'a UUID from a name instead of a random one: uuidgen --sha1 --namespace @dns --name NAME';
  if (/mktemp|tempfile|tmp/.test(recipe) && sites.some(({ a }) => a.includes('tmp')))
    return 'a fixed folder instead of mktemp';
  if (/\bgcc\b|\bg\+\+/.test(recipe)) return '-frandom-seed=NAME';
  return 'seed the generator with a fixed value, or make the value when it first starts';
}

/** Random numbers, UUIDs, temporary names, keys. */
export const randomness: CauseDefinition = {
  id: 'randomness',
  covers: 'random numbers, UUIDs, temporary names, keys',
  fix: 'seed the generator with a fixed value, or make the value when it first starts',
  refutedBy: 'equal-builds',
  rewrites: [{ kind: 'remove', does: 'rm -rf of a file that only one has', only: 'one-sided' }],
  explain(seen) {
    // A build-id looks random, and follows from what else differs.
    const random = seen.sites.filter((site) => looksRandom(site, seen) && !isBuildId(site));
    const why = random.some(({ a }) => RANDOM_WORD.test(a))
      ? 'random words of equal form'
      : 'no pattern in either';
    return claimOf(random, 'likely', { why, fix: fixFor(seen, random) });
  },
};
