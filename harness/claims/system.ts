import type { UnderTest } from '../boot/system/under-test.ts';
import type { GuestChannel } from '../boot/guest/channel.ts';
import type { UpdateScenario } from '../boot/update/scenario.ts';
import { TwinproofError } from '../errors.ts';
import type { Evidence } from '../record/events.ts';
import type { SystemContext } from './types.ts';

/**
 * The system as it was when it had just come up, and the channel to it.
 * @throws TwinproofError `guest-unreachable` when it did not come up
 */
export async function freshSystem(context: SystemContext): Promise<UnderTest & { guest: GuestChannel }> {
  const under = await context.system();
  const { guest } = under.system;
  await under.system.rewind();
  return { ...under, guest };
}

/** What the console showed since the last start, kept as evidence. */
export async function consoleEvidence(
  context: SystemContext,
  { system }: UnderTest,
  name = 'console',
): Promise<Evidence> {
  return context.evidence.addText(name, system.console.toString('utf8'), 'text/plain');
}

/**
 * The system and its update, which is not undone between claims: they look at the same one.
 * @throws TwinproofError `guest-unreachable` when it did not come up
 */
export async function updateOf(
  context: SystemContext,
): Promise<{ under: UnderTest; scenario: UpdateScenario; guest: GuestChannel }> {
  const under = await context.system();
  if (under.scenario === null)
    throw new TwinproofError('internal', 'a system that was made without an update');
  const { guest } = under.system;
  return { under, scenario: under.scenario, guest };
}
