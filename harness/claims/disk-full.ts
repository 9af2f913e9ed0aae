import { noRoomFaults, updateWithoutRoom } from '../boot/update/no-room.ts';
import { consoleEvidence, ownTools, scenarioOf, startedSystem, undecidedStore, updaterOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/** An update for which there is no room fails and changes nothing; once there is room, it is taken. */
export const diskFull: SystemClaim = {
  id: 'disk-full',
  scenario: 'disk-full',
  statement: 'survives an update for which there is no room',
  passes:
    'with no byte left on the disk, the update is refused and what can be started is as before; started again, the old system runs and its store is whole; with room, the same update is taken',
  releases: ['next'],
  ownVm: true,
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const under = await startedSystem(context);
  const scenario = scenarioOf(under);
  ownTools(scenario);
  const second = await under.second.get();
  const by = await updaterOf(under, second.system.guest);
  const result = await updateWithoutRoom(second, scenario.family);
  const faults = [...by.faults, ...noRoomFaults(result, scenario.from)];
  const evidence = [
    await consoleEvidence(context, { ...under, system: second.system }, 'console after a full disk'),
  ];
  await second.system.kill();
  const { left, refused, retried, restarted } = result;
  const detail = {
    updater: by.updater,
    left,
    refused,
    retried,
    restarted: restarted === null ? null : { ...restarted },
    faults,
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence };
  if (typeof restarted?.unread === 'string') return { ...undecidedStore(restarted.unread), detail, evidence };
  const summary = `refused with ${left} bytes left (${firstWords(refused ?? '', 120)}), taken with room`;
  return { verdict: 'pass', summary, detail, evidence };
}
