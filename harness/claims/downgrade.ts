import { downgradeFaults, offerAndStart, offerOlder } from '../boot/update/downgrade.ts';
import { TwinproofError } from '../errors.ts';
import { freshSystem, ownTools, scenarioOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * A release that is older than the one that runs is refused, or taken, as the policy says: the catalog's, or without one
 * what the family's tools are documented to do.
 */
export const downgrade: SystemClaim = {
  id: 'downgrade',
  scenario: 'update',
  statement: 'takes or refuses an older release as its policy says',
  updates: true,
  older: true,
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const scenario = scenarioOf(await context.system());
  const { family, from } = scenario;
  const documented = ownTools(scenario).downgrade;
  const { system, older } = await freshSystem(context);
  if (older === null)
    throw new TwinproofError(
      'unsupported',
      'the image does not say when it was made, and so nothing is older',
    );
  const policy = context.downgrade ?? documented.policy;
  const { state } = system.last;
  const result = policy === 'refused' ? await offerOlder(system, family) : await inClone();
  const { tooOld } = documented;
  const faults = downgradeFaults(result, { policy, from, older, state, tooOld });
  const detail = { policy, from, older, ...result, faults };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence: [] };
  const summary =
    policy === 'refused' ? `refused: ${firstWords(result.refused ?? '', 200)}` : 'the older release runs';
  return { verdict: 'pass', summary, detail, evidence: [] };

  /** What is started anew cannot go back to the moment when it was up, which other claims begin with. */
  async function inClone() {
    await using clone = await system.clone();
    await clone.boot();
    return await offerAndStart(clone, family);
  }
}
