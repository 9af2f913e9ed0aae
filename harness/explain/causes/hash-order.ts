import { claimOf } from '../claim.ts';
import { orderSpots } from '../order.ts';
import type { Explainer, Seen } from '../types.ts';

function fixFor({ recipe, entry }: Seen): string {
  if (/python|\.py\b/.test(recipe)) return 'ENV PYTHONHASHSEED=0 (better: iterate over sorted(…))';
  if (/\bperl\b/.test(recipe)) return 'ENV PERL_HASH_SEED=0 (better: iterate over sort keys)';
  if (/\bruby\b/.test(recipe)) return 'sort before writing: each_key.sort';
  if (entry.path.endsWith('.json')) return 'write with sorted keys: json.dumps(…, sort_keys=True), jq -S';
  return 'sort before writing; for Python ENV PYTHONHASHSEED=0, for Perl ENV PERL_HASH_SEED=0';
}

/** The order in which hashed or unordered containers are walked. */
export const hashOrder: Explainer = {
  id: 'hash-order',
  explain(seen, context) {
    const { first, second } = orderSpots(seen, context, 'hash-order');
    const why = 'the same items in another order';
    return claimOf(first.length > 0 ? first : second, 'likely', { why, fix: fixFor(seen) });
  },
};
