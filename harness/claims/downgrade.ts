import { downgradeFaults, offerAndStart, offerOlder } from '../boot/update/downgrade.ts';
import { TwinproofError } from '../errors.ts';
import { freshSystem, ownTools, scenarioOf, updaterOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { z } from 'zod';
import { DOWNGRADE_POLICIES } from '../boot/families/types.ts';
import { firstWords } from '../boot/guest/words.ts';
import { givenOptions } from '../model/claim.ts';

const OPTIONS = z.strictObject({ policy: z.enum(DOWNGRADE_POLICIES) });

/**
 * A release that is older than the one that runs is refused, or taken, as the policy says: the catalog's, or without one
 * what the family's tools are documented to do.
 */
export const downgrade: SystemClaim = {
  id: 'downgrade',
  scenario: 'update',
  statement: 'takes or refuses an older release as its policy says',
  passes:
    'a release that is a day older is refused for its age, and what runs and what can be started is as before; or it is taken, and runs after a start: as the [policy](boot-updates.md#older-releases) says',
  options: {
    schema: OPTIONS,
    notes: {
      policy: {
        example: 'refused',
        meaning:
          'what must become of an older release, `refused` or `allowed`; with `true`, what its family documents',
        flag: 'what must become of an older release; without it, what its family documents',
        strictness: { order: ['refused', 'as documented', 'allowed'], absent: 'as documented' },
      },
    },
  },
  releases: ['next', 'older'],
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const scenario = scenarioOf(await context.system());
  const { family, from } = scenario;
  const documented = ownTools(scenario).downgrade;
  const under = await freshSystem(context);
  const { system, older } = under;
  if (older === null)
    throw new TwinproofError(
      'unsupported',
      'no older release is known: the image does not say how old it is, or nothing is before it',
    );
  const policy = givenOptions(OPTIONS, context.options).policy ?? documented.policy;
  const by = await updaterOf(under, under.guest);
  const { state } = system.last;
  const result = policy === 'refused' ? await offerOlder(system, family) : await inClone();
  const { tooOld } = documented;
  const faults = [...by.faults, ...downgradeFaults(result, { policy, from, older, state, tooOld })];
  const detail = { updater: by.updater, policy, from, older, ...result, faults };
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
