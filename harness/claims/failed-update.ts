import { type FellBack, fallBackFaults, tryBadRelease } from '../boot/update/fall-back.ts';
import { TwinproofError } from '../errors.ts';
import { freshSystem, ownTools, scenarioOf, updaterOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/** A next release that does not come up is left by itself: the boot loader counts its tries and goes back to the old one. */
export const failedUpdate: SystemClaim = {
  id: 'failed-update',
  scenario: 'failed-update',
  statement: 'leaves a next release that does not come up',
  passes:
    'two next releases that must not stay do not: one whose kernel finds no root and panics, and, where the image has a check of its health, one in which a unit fails. Each is started from cold until something comes up, nothing is chosen on the way, and in the end the release before it runs. It takes long',
  releases: ['next', 'broken'],
  long: true,
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const scenario = scenarioOf(await context.system());
  const { family } = scenario;
  // How many tries a release has is what an updater says.
  ownTools(scenario);
  if (family.noFallBack !== null) throw new TwinproofError('unsupported', family.noFallBack);
  const { bad, source } = await context.system();
  if (source === null)
    throw new TwinproofError(
      'unsupported',
      'an existing disk image: releases that do not come up are not made for it',
    );
  const under = await freshSystem(context);
  const { system, guest } = under;
  const by = await updaterOf(under, guest);
  // Earlier claims may have left the next release there.
  const good = { image: await family.running(guest), state: system.last.state };
  const results: FellBack[] = [];
  for (const [release, image] of bad) {
    const result = await tryBadRelease(system, family, { release, image, good });
    results.push(result);
    // Nothing that runs can be told to take the next one.
    if (result.running !== good.image) break;
  }
  const faults = [...by.faults, ...results.flatMap((result) => fallBackFaults(result, good))];
  const evidence = [await context.evidence.addText('tries', results.map(reported).join(''), 'text/plain')];
  const detail = {
    updater: by.updater,
    good: good.image,
    releases: results.map(({ release, image, tries, entries, running }) => ({
      ...{ release, image, running },
      entries: [...tries.map((one) => one.entries), entries],
    })),
    faults,
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence };
  const counts = results.map(({ release, tries }) => `${tries.length - 1} starts (${release})`);
  return { verdict: 'pass', summary: `the good release runs after ${counts.join(', ')}`, detail, evidence };
}

function reported({ release, tries, entries, running }: FellBack): string {
  const starts = tries.map(
    (one, index) =>
      `${release}, start ${index + 1}: ${one.entries.join(' ')}\n${one.reason ?? 'came up'}\n${one.console}\n`,
  );
  return `${starts.join('')}${release}, at the end: ${entries.join(' ')}; ${running ?? 'nothing'} runs\n\n`;
}
