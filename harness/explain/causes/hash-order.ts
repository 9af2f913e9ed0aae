import type { PointerDiff } from '../../compare/types.ts';
import type { CauseDefinition } from '../cause.ts';
import { HASH_SEED, PERL_SEED } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { orderSites } from '../order.ts';
import { pointerClaim, valueText } from '../pointer.ts';
import type { Attribution, ComparedDocument, Seen } from '../types.ts';

function fixFor({ recipe, entry }: Seen): string {
  if (/python|\.py\b/.test(recipe)) return 'ENV PYTHONHASHSEED=0 (better: iterate over sorted(…))';
  if (/\bperl\b/.test(recipe)) return 'ENV PERL_HASH_SEED=0 (better: iterate over sort keys)';
  if (/\bruby\b/.test(recipe)) return 'sort before writing: each_key.sort';
  if (entry.path.endsWith('.json')) return 'write with sorted keys: json.dumps(…, sort_keys=True), jq -S';
  return 'sort before writing; for Python ENV PYTHONHASHSEED=0, for Perl ENV PERL_HASH_SEED=0';
}

const VARIABLES_FIX =
  'set the variables in the Containerfile, one ENV for each, in place of --env options or a map of the build tool; pin the builder by digest';
const VARIABLE = /^\/config\/Env\/\d+$/;

/** Variables of the image that are the same in another order: a tool keeps them in a map, or another version sorts them. */
function variableOrder(diff: PointerDiff, { document, diffs }: ComparedDocument): Attribution | null {
  if (document !== 'config' || !VARIABLE.test(diff.pointer)) return null;
  const variables = diffs.filter(({ pointer }) => VARIABLE.test(pointer));
  const moved = (value: unknown, to: 'a' | 'b'): boolean =>
    value !== undefined && variables.some((other) => valueText(other[to]) === valueText(value));
  if (!moved(diff.a, 'b') || !moved(diff.b, 'a')) return null;
  return pointerClaim(diff, 'likely', { why: 'the same variables in another order', fix: VARIABLES_FIX });
}

/** The order in which hashed or unordered containers are walked. */
export const hashOrder: CauseDefinition = {
  id: 'hash-order',
  covers: `iteration order of hashed or unordered containers, order of the image's variables among it`,
  fix: 'sort before writing; for Python ENV PYTHONHASHSEED=0, for Perl ENV PERL_HASH_SEED=0',
  provenBy: ['aslr'],
  refutedBy: 'equal-builds',
  rewrites: [HASH_SEED, PERL_SEED],
  explainDocument: variableOrder,
  explain(seen, context) {
    const { first, second } = orderSites(seen, context, 'hash-order');
    const why = 'the same items in another order';
    return claimOf(first.length > 0 ? first : second, 'likely', { why, fix: fixFor(seen) });
  },
};
