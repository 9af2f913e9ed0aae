import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { lookAtStore } from '../families/store.ts';
import type { Family } from '../families/types.ts';
import { openPlain } from '../machine/machine.ts';
import { outcomeOf } from '../system/outcome.ts';
import type { System } from '../system/system.ts';
import type { Cut } from './choose.ts';
import { randomOf, replay, survivors } from './cut.ts';
import { copyDisk } from './disks.ts';
import { brokenFileSystem } from './file-systems.ts';
import { type AfterCut, cutFaults } from './judge.ts';
import { MARK, type Recording } from './record.ts';

/** What became of a system whose power was cut. */
export interface Outcome extends Cut {
  /** Writes that were done but are not on the disk. */
  lost: number;
  /** Digest of the manifest that runs after it; null when nothing does. */
  running: string | null;
  faults: string[];
  /** Why the store could not be read back; null when it was, or nobody came to it. */
  unread: string | null;
  /** All that the console showed since the last start. */
  console: string;
}

interface Job {
  recording: Recording;
  system: System;
  family: Family;
  folder: string;
  /** Its number, for the names of files. */
  number: number;
  /** Manifests of the two images. */
  from: string;
  to: string;
}

/** Seconds in which all that a system at rest wrote comes onto its disk. */
const SYNC = 60;

/** Cuts the power at one moment, starts the machine again, and looks what is there. */
export async function tryCut(cut: Cut, job: Job): Promise<Outcome> {
  const { recording, from, to, folder, number } = job;
  const disk = join(folder, `cut-${number}.raw`);
  const lost = await diskAfter(cut, recording, disk);
  const { console, ...found } = await look(disk, job);
  await rm(disk, { force: true });
  const running = found.unreachable === null ? found.running : null;
  const faults = cutFaults(found, { from, to, state: recording.state });
  return { ...cut, lost, running, faults, unread: found.store?.unread ?? null, console };
}

/** What was found, and what the console showed of the start that tells most: the first one, where it failed. */
type Looked = AfterCut & Pick<Outcome, 'console'>;

async function look(disk: string, job: Job): Promise<Looked> {
  await using after = await job.system.withDisk(disk);
  const { reason, state } = await outcomeOf(after.boot());
  if (reason === null) {
    const found = await ask(after, job);
    return { ...found, state, unreachable: null, again: null, console: textOf(after) };
  }
  const console = textOf(after);
  const nothing = { running: '', marked: false, store: null, fileSystem: null, back: null };
  return { ...nothing, state, unreachable: reason, again: await startAgain(after, job), console };
}

const textOf = ({ console }: System): string => console.toString('utf8');

/** Starts the disk as the failed start left it; where there was nothing to start, there still is not. */
async function startAgain(after: System, { family }: Job): Promise<AfterCut['again']> {
  if (after.boots.length === 0) return { reason: 'there is nothing to start' };
  await after.endAsItIs();
  const { reason } = await outcomeOf(after.boot());
  return reason === null ? { running: await runningOf(after, family) } : { reason };
}

async function ask(
  after: System,
  { family, folder, number, to }: Job,
): Promise<Pick<AfterCut, 'running' | 'marked' | 'store' | 'fileSystem' | 'back'>> {
  const running = await runningOf(after, family);
  const marked = (await after.guest.run(`grep -qx mark ${MARK}`)).status === 0;
  const store = await lookAtStore(after.guest, family);
  await end(after);
  const fileSystem = await leftBroken(after, join(folder, `left-${number}.raw`));
  const back = running === to ? await rollback(after, family) : null;
  return { running, marked, store, fileSystem, back };
}

/** Empty also where the family's own tools find no deployment any more: that is what the cut did, and no error of the check. */
async function runningOf({ guest }: System, family: Family): Promise<string> {
  try {
    return await family.running(guest);
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'guest-unreachable') return '';
    throw error;
  }
}

/** Ends it at once, with all that it wrote on its disk. */
async function end(after: System): Promise<void> {
  await after.guest.run('sync', SYNC);
  await after.endAsItIs();
}

/** What is broken on the disk after a start that could fix it. */
async function leftBroken(after: System, disk: string): Promise<string | null> {
  await after.keep('disk', disk);
  const broken = await brokenFileSystem(disk);
  await rm(disk);
  return broken;
}

/** Makes the disk as it is after the cut. @returns how many writes are lost */
async function diskAfter(cut: Cut, { starts }: Recording, disk: string): Promise<number> {
  const start = starts[cut.start];
  if (start === undefined) throw new Error('a cut in a start that was not recorded');
  await copyDisk(start.disk, disk);
  await using log = await openPlain(start.log);
  await using target = await openPlain(disk, 'write');
  const kept = survivors(start.entries, cut.done, randomOf(cut.seed));
  await replay(log, target, kept);
  return cut.done - kept.length;
}

/** Where the new release ran, the old one must still be there, and start. */
async function rollback(system: System, family: Family): Promise<AfterCut['back']> {
  if ((await system.entries()).length < 2) return { reason: 'there is no second entry' };
  const { reason } = await outcomeOf(system.boot({ pick: 1 }));
  return reason === null ? { running: await runningOf(system, family) } : { reason };
}
