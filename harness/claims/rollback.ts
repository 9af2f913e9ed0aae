import { rollbackFaults } from '../boot/update/judge.ts';
import { goBackToPrevious, previousFaults } from '../boot/update/previous.ts';
import { TwinproofError } from '../errors.ts';
import { consoleEvidence, freshSystem, needMenu, updateOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/** After an update, the previous system is still there and can be had again: exactly its image, its own /etc, the same /var. */
export const rollback: SystemClaim = {
  id: 'rollback',
  scenario: 'update',
  statement: 'goes back to exactly the previous release',
  passes:
    'after the update the previous system is still there; picked in the boot menu it reports exactly the old digest, has its own `/etc` as it was left and the `/var` that both share; made the one to start, it is what the next start brings up',
  releases: ['next'],
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const { source, scenario: wanted } = await context.system();
  if (source === null && wanted === null) return checkGiven(context);
  const { under, scenario } = await updateOf(context);
  const { plan, from, to } = scenario;
  const updated = await scenario.updated();
  if (updated.after?.running !== to) {
    const message = 'there is nothing to go back from: the update did not take place';
    return {
      verdict: 'error',
      error: { code: 'guest-unreachable', message },
      summary: message,
      detail: {},
      evidence: [],
    };
  }
  if (scenario.family.goBack === null) await needMenu(under);
  const back = await scenario.rolledBack();
  const faults = rollbackFaults(back, updated, { from, to, ...plan });
  const evidence = [await consoleEvidence(context, under, 'console after going back')];
  const detail = {
    how: back.how,
    from: to,
    to: from,
    deployments: updated.after.deployments,
    picked: back.picked?.running ?? null,
    kept: back.kept?.running ?? null,
    faults,
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.slice(0, 3).join('; '), 400), detail, evidence };
  return { verdict: 'pass', summary: 'the previous image runs again, and stays', detail, evidence };
}

/** On an existing disk image: from what runs to the release before it, where there is one. */
async function checkGiven(context: SystemContext): Promise<Finding> {
  const under = await freshSystem(context);
  const { family, whyNoFamily, system } = under;
  if (family === null)
    throw new TwinproofError('unsupported', `how it goes back is not known: ${whyNoFamily}`);
  const way = await goBackToPrevious(system, family);
  const { before, previous, back } = way;
  const faults = previousFaults(way);
  const evidence = [await consoleEvidence(context, under, 'console after going back')];
  const detail = {
    how: back.how,
    from: before.running,
    to: previous,
    picked: back.picked?.running ?? null,
    kept: back.kept?.running ?? null,
    faults,
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.slice(0, 3).join('; '), 400), detail, evidence };
  return { verdict: 'pass', summary: 'the previous release runs again, and stays', detail, evidence };
}
