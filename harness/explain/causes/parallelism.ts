import type { CauseDefinition } from '../cause.ts';
import { MAKE, XARGS } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { orderSites } from '../order.ts';
import type { Seen } from '../types.ts';

function fixFor({ recipe }: Seen): string {
  if (/\bmake\b[^\n]*-j/.test(recipe))
    return 'make -j1 for this step, or give the rule that writes the file all its inputs';
  if (/\bxargs\b[^\n]*-P/.test(recipe))
    return 'xargs without -P, or one output file each and sort them afterwards';
  return 'run this step one after another, or let each job write a file of its own and join them in sorted order';
}

/** Which of several jobs that run at once came first. */
export const parallelism: CauseDefinition = {
  id: 'parallelism',
  covers: 'races; differs between equal environments now and then',
  fix: 'run this step one after another',
  provenBy: ['cpus', 'order'],
  standsFor: ['order'],
  refutedBy: 'equal-builds',
  rewrites: [MAKE, XARGS],
  explain(seen, context) {
    const { first } = orderSites(seen, context, 'parallelism');
    const why = 'the same items in another order, from an instruction that runs jobs at once';
    return claimOf(first, 'likely', { why, fix: fixFor(seen) });
  },
};
