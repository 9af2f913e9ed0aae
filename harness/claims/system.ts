import type { Source, UnderTest } from '../boot/system/under-test.ts';
import type { GuestChannel } from '../boot/guest/channel.ts';
import { ITS_CHOICE } from '../boot/disk/boot-entries.ts';
import { notUp } from '../boot/system/boot.ts';
import { tooLate } from '../boot/system/too-late.ts';
import type { UpdateTools } from '../boot/families/types.ts';
import { askUpdater, otherUpdater } from '../boot/families/updater.ts';
import type { UpdateScenario } from '../boot/update/scenario.ts';
import { TwinproofError } from '../errors.ts';
import type { Evidence } from '../record/events.ts';
import type { Detail, Finding, SystemContext } from './types.ts';

/**
 * The system as it was when it had just come up, and the channel to it.
 * @throws TwinproofError `guest-unreachable` when it did not come up, `timeout` when the host was too slow to say so
 */
export async function freshSystem(context: SystemContext): Promise<UnderTest & { guest: GuestChannel }> {
  const under = await context.system();
  const { guest } = upInTime(under);
  await under.system.rewind();
  return { ...under, guest };
}

/**
 * The system, whatever is done to it at this moment: for claims that look at copies of its disk.
 * @throws TwinproofError `guest-unreachable` when it did not come up at first
 */
export async function startedSystem(context: SystemContext): Promise<UnderTest> {
  const under = await context.system();
  const [first] = under.system.boots;
  if (first !== undefined && (first.reason !== null || first.late !== null)) throw notUp(first);
  return under;
}

/** What is checked against how it came up must not be checked against a start that went wrong for want of time. */
function upInTime({ system }: UnderTest): UnderTest['system'] {
  const { late } = system.last;
  if (late !== null) throw tooLate(late);
  return system;
}

/**
 * The image that is on the disk.
 * @throws TwinproofError `unsupported` for an existing disk image
 */
export async function imageOf(context: SystemContext): Promise<Source> {
  const { source } = await context.system();
  if (source !== null) return source;
  throw new TwinproofError('unsupported', 'an existing disk image: there is no image to check it against');
}

/** Nothing else is wrong, but nobody can say that a store is whole. */
export function undecidedStore(
  unread: string,
): Pick<Finding & { verdict: 'error' }, 'verdict' | 'error' | 'summary'> {
  return { verdict: 'error', error: { code: 'unsupported', message: unread }, summary: unread };
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
  const scenario = scenarioOf(under);
  const { guest } = upInTime(under);
  return { under, scenario, guest };
}

/**
 * The tools of a system's own that take or refuse its update.
 * @throws TwinproofError `unsupported` where none does
 */
export function ownTools({ family: { tools } }: UpdateScenario): UpdateTools {
  if (tools !== null) return tools;
  throw new TwinproofError('unsupported', 'no tool of the image takes or refuses its updates');
}

/**
 * What takes a system's updates, and why it is not what the image has, where it was put on a disk here and is not.
 * @param guest of that system, or of a copy
 */
export async function updaterOf(
  { source, family }: UnderTest,
  guest: GuestChannel,
): Promise<{ updater: Detail | null; faults: string[] }> {
  const program = family?.updater ?? null;
  if (program === null) return { updater: null, faults: [] };
  const updater = await askUpdater(guest, program);
  const other = source === null ? null : otherUpdater(updater, source.tree);
  return { updater: { ...updater }, faults: other === null ? [] : [other] };
}

/** @throws TwinproofError `unsupported` for what takes no update here */
export function scenarioOf({ scenario, noUpdate }: UnderTest): UpdateScenario {
  if (scenario !== null) return scenario;
  if (noUpdate !== null) throw new TwinproofError('unsupported', noUpdate);
  throw new TwinproofError('internal', 'a system that was made without an update');
}

/** Whether entries of the boot loader's menu can be picked; those of others than systemd-boot on an existing disk image cannot. */
export async function hasMenu({ source, system }: UnderTest): Promise<boolean> {
  return source !== null || (await system.entries())[0] !== ITS_CHOICE;
}

/** @throws TwinproofError `unsupported` for what takes an entry of a menu that cannot be used */
export async function needMenu(under: UnderTest): Promise<void> {
  if (await hasMenu(under)) return;
  throw new TwinproofError('unsupported', 'the menu of the boot loader on the disk cannot be used from here');
}
