import { tamperedFaults } from '../boot/update/tampered.ts';
import { freshSystem, scenarioOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';

/** An update of which a byte was changed on the way is refused, and changes nothing. */
export const tampered: SystemClaim = {
  id: 'tampered',
  statement: 'refuses an update that was changed on the way',
  updates: true,
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const { family, from } = scenarioOf(await context.system());
  const { guest } = await freshSystem(context);
  const refused = await family.fetchChanged(guest);
  const running = await family.running(guest);
  const deployments = (await family.deployments(guest)).map(({ image }) => image ?? 'unknown');
  const faults = tamperedFaults({ refused, running, deployments }, from);
  const detail = { refused, running, deployments, faults };
  if (faults.length > 0)
    return { verdict: 'fail', summary: faults.join('; ').slice(0, 400), detail, evidence: [] };
  return { verdict: 'pass', summary: `refused: ${(refused ?? '').slice(0, 200)}`, detail, evidence: [] };
}
