import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import type { Family } from '../families/types.ts';
import { openPlain } from '../machine/machine.ts';
import type { System } from '../system/system.ts';
import type { Phase } from './choose.ts';
import { replay } from './cut.ts';
import { copyDisk } from './disks.ts';
import { type LogEntry, readWriteLog } from './write-log.ts';

/** Written before the update; must be there whenever the power is cut. */
export const MARK = '/var/lib/before-power-cut';

/** One start of a machine during an update: the disk that it began with, and all that it wrote. */
export interface Start {
  disk: string;
  log: string;
  entries: LogEntry[];
}

export interface Recording {
  starts: Start[];
  phases: Phase[];
  /** What systemd said before the update. */
  state: string | null;
}

/**
 * Updates a system that was not started yet, and keeps what it wrote.
 * @param folder for disks and logs
 * @throws TwinproofError `guest-unreachable` when it does not come up or the update is not taken
 */
export async function recordUpdate(system: System, family: Family, folder: string): Promise<Recording> {
  const name = (kind: string, start: number): string => join(folder, `${kind}-${start}`);
  await system.keep('disk', name('disk', 0));
  const { state } = await system.boot({ logWrites: true });
  await system.guest.read(`echo mark > ${MARK}; sync`);
  const at = [await system.logged()];
  system.note('offered', 'the next release');
  for (const step of ['fetch', 'stage'] as const) {
    const refused = await family[step](system.guest);
    if (refused !== null)
      throw new TwinproofError('guest-unreachable', `the update was not taken: ${refused}`);
    at.push(await system.logged());
  }
  await system.shutDown();
  await system.keep('log', name('log', 0));
  await system.keep('disk', name('disk', 1));
  await system.boot({ logWrites: true });
  // What runs is looked at by the claim about updates.
  await system.guest.read('true');
  await system.kill();
  await system.keep('log', name('log', 1));
  const starts: Start[] = [];
  for (const start of [0, 1]) {
    await using log = await openPlain(name('log', start));
    starts.push({ disk: name('disk', start), log: name('log', start), entries: await readWriteLog(log) });
  }
  const menu = async (disk: string): Promise<string> =>
    JSON.stringify(await system.entriesOn(folder, disk).catch(noMenu));
  return { starts, phases: await phasesOf(starts, at, { folder, menu }), state };
}

/** Half a menu is one that is not there. */
function noMenu(error: unknown): null {
  if (error instanceof TwinproofError && error.code === 'image-invalid') return null;
  throw error;
}

/** Where a disk can be made, and the boot loader's menu on one there. */
interface Look {
  folder: string;
  menu: (disk: string) => Promise<string>;
}

/** @param at bytes of the first start's log when it was up, when the new image was fetched, and when it was staged */
async function phasesOf(starts: Start[], at: number[], look: Look): Promise<Phase[]> {
  const [first, second] = starts;
  if (first === undefined || second === undefined) return [];
  const numberAt = (bytes = 0): number => first.entries.filter(({ place }) => place <= bytes).length;
  const [up = 0, fetched = 0, staged = 0] = at.map(numberAt);
  const end = first.entries.length;
  const [from, to] = await switchOf(first, { up, fetched }, look);
  return [
    { name: 'fetch', start: 0, from: up, to: fetched },
    { name: 'stage', start: 0, from: fetched, to: staged },
    { name: 'finalise', start: 0, from: staged, to: end },
    { name: 'switch', start: 0, from, to },
    { name: 'first start', start: 1, from: 0, to: second.entries.length },
  ];
}

/**
 * Between which flushes the boot loader's menu changes: the last one after which it is the old one, and the first after
 * which it is not. There are tools that fetch and stage in one.
 */
async function switchOf(
  { disk, log, entries }: Start,
  { up, fetched }: { up: number; fetched: number },
  { folder, menu }: Look,
): Promise<[number, number]> {
  await using source = await openPlain(log);
  const menuAfter = async (writes: number): Promise<string> => {
    await copyDisk(disk, join(folder, 'menu.raw'));
    await using copy = await openPlain(join(folder, 'menu.raw'), 'write');
    await replay(source, copy, entries.slice(0, writes));
    return await menu('menu.raw');
  };
  const from = (await menuAfter(fetched)) === (await menuAfter(up)) ? fetched : up;
  const flushes = entries.flatMap(({ flush }, number) => (flush && number >= from ? [number + 1] : []));
  const old = await menuAfter(from);
  await using copy = await openPlain(join(folder, 'menu.raw'), 'write');
  let done = from;
  for (const flush of flushes) {
    await replay(source, copy, entries.slice(done, flush));
    if ((await menu('menu.raw')) !== old) return [done, flush];
    done = flush;
  }
  return [entries.length, entries.length];
}
