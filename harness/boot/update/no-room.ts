import { HUNG } from '../families/scripts.ts';
import { type Store, lookAtStore } from '../families/store.ts';
import type { Family } from '../families/types.ts';
import { outcomeOf } from '../system/outcome.ts';
import type { System } from '../system/system.ts';

/** An update that has no room, as it went. */
export interface NoRoom {
  /** Bytes that were left when everything was filled. */
  left: number;
  /** Why the update was not taken, in the tools' words. */
  refused: string | null;
  /** Manifests of what runs, and of all that can be started, after that. */
  running: string;
  deployments: string[];
  /** After another start, with room again: null when no command runs. */
  restarted: ({ running: string; state: string | null } & Store) | null;
  /** Why the same update is not taken with room; null when it is. */
  retried: string | null;
  state: string | null;
}

const FOLDER = 'no-room';

/** Takes all room there is, also what is kept for root, in ever smaller pieces; prints what is left. */
const fill = (folder: string): string => `mkdir -p ${folder} && cd ${folder}
for size in 1G 64M 1M 64K 4K; do
    number=0
    while [ $number -lt 2000 ] && fallocate -l $size $size.$number 2> /dev/null; do number=$((number + 1)); done
done
sync
df --block-size=1 --output=avail ${folder} | tail -n 1`;

/**
 * Tries an update on a system that has come up, with no room on its disk, and once more with room.
 * @param state what systemd said when it was up
 */
export async function updateWithoutRoom(
  { system, state }: { system: System; state: string | null },
  family: Family,
): Promise<NoRoom> {
  const folder = `${family.room}/${FOLDER}`;
  const left = Number((await system.guest.read(fill(folder), 120)).trim());
  const take = async (): Promise<string | null> =>
    (await family.fetch(system.guest)) ?? (await family.stage(system.guest));
  const refused = await take();
  const running = await family.running(system.guest);
  const deployments = (await family.deployments(system.guest)).map(({ image }) => image ?? 'unknown');
  await system.guest.read(`rm -rf ${folder}`);
  const { reason, state: now } = await outcomeOf(system.restart());
  if (reason !== null)
    return { left, refused, running, deployments, restarted: null, retried: reason, state };
  const restarted = {
    running: await family.running(system.guest),
    state: now,
    ...(await lookAtStore(system.guest, family)),
  };
  return { left, refused, running, deployments, restarted, retried: await take(), state };
}

/** What such an update did that it must not; one line each. */
export function noRoomFaults(result: NoRoom, from: string): string[] {
  const { left, refused, running, deployments, restarted, retried, state } = result;
  if (!(left < 65_536)) return [`the disk could not be filled: ${left} bytes are left`];
  const faults = [
    ...(refused === null ? ['an update for which there is no room is said to be taken'] : []),
    ...(refused === HUNG
      ? [`an update for which there is no room was neither taken nor refused: ${HUNG}`]
      : []),
    ...(running === from ? [] : [`after it, it says that it runs ${running}`]),
    ...(deployments.join() === from ? [] : ['after it, there are other systems to start than before']),
  ];
  if (restarted === null) return [...faults, `it does not start again: ${retried ?? ''}`];
  if (restarted.running !== from) faults.push(`started again, it says that it runs ${restarted.running}`);
  if (restarted.state !== state) faults.push(`started again, systemd says ${restarted.state ?? 'nothing'}`);
  if (restarted.check !== null) faults.push(`the store: ${restarted.check}`);
  if (retried !== null) faults.push(`with room again, the update is not taken: ${retried}`);
  return faults;
}
