import { type Identity, askIdentity, sharedKeys } from '../boot/update/identity.ts';
import type { UnderTest } from '../boot/system/under-test.ts';
import type { UpdateScenario } from '../boot/update/scenario.ts';
import { hasMenu, updateOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/** A machine stays the same machine over update and rollback, and another machine from the same disk is another one. */
export const identity: SystemClaim = {
  id: 'identity',
  scenario: 'update',
  statement: 'stays the same machine over an update, and is another one than its clone',
  passes:
    'machine-id, SSH host keys and file system ids are the same over update and rollback; a second machine from a copy of the disk has another machine-id and other host keys',
  releases: ['next'],
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const under = await context.system();
  const { system, second, noUpdate } = under;
  const scenario = noUpdate !== null ? null : (await updateOf(context)).scenario;
  const own = await askIdentity(system.guest);
  const { identity: clone } = await second.get();
  const shared = sharedWith(own, clone);
  // What is the same from the start need not be watched over an update.
  const times = shared.length > 0 ? [] : await over(under, scenario);
  const changed = times.flatMap(([when, then]) => changesBetween(own, then).map((what) => `${what} ${when}`));
  const faults = [
    ...shared.map((what) => `a clone has the same ${what}`),
    ...changed.map((what) => `another ${what}`),
  ];
  const detail = { own: { ...own }, clone: { ...clone }, seen: times.map(([when]) => when), faults };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence: [] };
  const summary = `the same ${times.map(([when]) => when).join(', ')}, and another one than its clone`;
  return { verdict: 'pass', summary, detail, evidence: [] };
}

/** Over an update and the rollback; over a start for what is not updated here. */
async function over(under: UnderTest, scenario: UpdateScenario | null): Promise<[string, Identity][]> {
  const { system } = under;
  if (scenario === null) {
    await system.restart();
    return [['after another start', await askIdentity(system.guest)]];
  }
  const { updated, rolledBack, family } = scenario;
  const { before, after } = await updated();
  if (after === null) return [['before the update', before.identity]];
  const nothing = { picked: null, kept: null };
  const canGoBack = family.goBack !== null || (await hasMenu(under));
  const { picked, kept } = canGoBack ? await rolledBack() : nothing;
  const seen: [string, Identity | undefined][] = [
    ['before the update', before.identity],
    ['after the update', after.identity],
    ['in the previous system', picked?.identity],
    ['after going back', kept?.identity],
  ];
  return seen.flatMap(([when, found]) => (found === undefined ? [] : [[when, found]]));
}

const NAMES = { machineId: 'machine-id', hostKeys: 'SSH host keys', fileSystems: 'file systems' } as const;

/** A copy of a disk has the same file systems; a system without an SSH server has no host keys to share. */
function sharedWith(own: Identity, clone: Identity): string[] {
  return [
    ...(own.machineId !== '' && own.machineId === clone.machineId ? [NAMES.machineId] : []),
    ...(sharedKeys(own, clone).length > 0 ? [NAMES.hostKeys] : []),
  ];
}

function changesBetween(own: Identity, then: Identity): string[] {
  const names = (['machineId', 'hostKeys', 'fileSystems'] as const).filter(
    (name) => own[name] !== then[name],
  );
  return names.map((name) => NAMES[name]);
}
