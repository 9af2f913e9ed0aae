import { updateFaults } from '../boot/update/judge.ts';
import type { Moment } from '../boot/update/scenario.ts';
import { consoleEvidence, updateOf, updaterOf } from './system.ts';
import type { Detail, Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * The system takes its next release by its own tools: staged without touching what runs; after a start the new one runs,
 * /etc is merged three ways, and /var is the same.
 */
export const update: SystemClaim = {
  id: 'update',
  scenario: 'update',
  statement: 'takes its next release, merges /etc and keeps /var',
  passes:
    'the next release is staged and nothing in the running system changes; after a start its digest is reported, and the files that it adds, changes and removes below `/usr` are as it says; `/etc` is [merged](boot-updates.md#updates); a file in `/var` is there; systemd says the same as before',
  releases: ['next'],
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const { under, scenario, guest } = await updateOf(context);
  const by = await updaterOf(under, guest);
  const { plan, from, to } = scenario;
  const updated = await scenario.updated();
  const faults = [...by.faults, ...updateFaults(updated, { from, to, ...plan })];
  const evidence = [await consoleEvidence(context, under, 'console after the update')];
  const detail: Detail = {
    updater: by.updater,
    from,
    to,
    files: plan.usr.map(({ path }) => path),
    etc: plan.etc.map(({ path, who }) => ({ path, who })),
    kernel: plan.kernel === null ? null : { ...plan.kernel },
    untried: plan.untried,
    faults,
    before: reported(updated.before),
    staged: reported(updated.staged),
    after: reported(updated.after),
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.slice(0, 3).join('; '), 400), detail, evidence };
  const summary = `the new image runs; /etc merged in ${plan.etc.length} of ${plan.etc.length + plan.untried.length} ways`;
  return { verdict: 'pass', summary, detail, evidence };
}

const reported = (moment: Moment | null): Detail | null =>
  moment === null ? null : { running: moment.running, deployments: moment.deployments, state: moment.state };
