import { afterOffer, refusalFaults } from '../boot/update/offered.ts';
import { freshSystem, scenarioOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';

/** An update of which a byte was changed on the way is refused, and changes nothing. */
export const tampered: SystemClaim = {
  id: 'tampered',
  scenario: 'update',
  statement: 'refuses an update that was changed on the way',
  passes:
    'the next release, with one byte of a new file changed on the way, is refused; what runs and what can be started are as before',
  releases: ['next'],
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const { family, from } = scenarioOf(await context.system());
  const { guest } = await freshSystem(context);
  const result = await afterOffer(guest, family, await family.fetchChanged(guest));
  const faults = refusalFaults(result, { from, taken: 'a changed file of an update was taken' });
  const detail = { ...result, faults };
  if (faults.length > 0)
    return { verdict: 'fail', summary: faults.join('; ').slice(0, 400), detail, evidence: [] };
  const summary = `refused: ${(result.refused ?? '').slice(0, 200)}`;
  return { verdict: 'pass', summary, detail, evidence: [] };
}
