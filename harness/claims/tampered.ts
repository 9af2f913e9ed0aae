import { afterOffer, reasonFaults, refusalFaults } from '../boot/update/offered.ts';
import { freshSystem, ownTools, scenarioOf, updaterOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

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
  const scenario = scenarioOf(await context.system());
  const { family, from } = scenario;
  const tools = ownTools(scenario);
  const under = await freshSystem(context);
  const { guest } = under;
  const by = await updaterOf(under, guest);
  under.system.note('offered', 'a release of which a byte was changed');
  const result = await afterOffer(guest, family, await tools.fetchChanged(guest));
  const faults = [
    ...by.faults,
    ...reasonFaults(result, tools.changed, 'a changed file of an update'),
    ...refusalFaults(result, { from, taken: 'a changed file of an update was taken' }),
  ];
  const detail = { updater: by.updater, ...result, faults };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence: [] };
  const summary = `refused: ${firstWords(result.refused ?? '', 200)}`;
  return { verdict: 'pass', summary, detail, evidence: [] };
}
