import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family } from '../families/types.ts';
import { openPlain } from '../machine/machine.ts';
import type { System } from '../system/system.ts';
import type { Cut } from './choose.ts';
import { randomOf, replay, survivors } from './cut.ts';
import { brokenFileSystem, copyDisk } from './disks.ts';
import { MARK, type Recording } from './record.ts';

/** What became of a system whose power was cut. */
export interface Outcome extends Cut {
  /** Writes that were done but are not on the disk. */
  lost: number;
  /** Digest of the manifest that runs after it; null when nothing does. */
  running: string | null;
  faults: string[];
}

interface Job {
  recording: Recording;
  system: System;
  family: Family;
  folder: string;
  /** Manifests of the two images. */
  from: string;
  to: string;
}

/** Cuts the power at one moment, starts the machine again, and looks what is there. */
export async function tryCut(cut: Cut, job: Job): Promise<Outcome> {
  const { recording, system, folder } = job;
  const disk = join(folder, 'cut.raw');
  const lost = await diskAfter(cut, recording, disk);
  await using after = await system.withDisk(disk);
  const { reason, state } = await after.boot();
  if (reason !== null) return { ...cut, lost, running: null, faults: [`it does not start: ${reason}`] };
  const running = await job.family.running(after.guest);
  const faults = [
    ...(running === job.from || running === job.to ? [] : [`it says that it runs ${running || 'nothing'}`]),
    ...(state === recording.state ? [] : [`systemd says ${state ?? 'nothing'}`]),
    ...(await missingMark(after)),
    ...named('the store', await job.family.check(after.guest)),
    ...(running === job.to ? await wayBack(after, job) : []),
    ...named('the file system', await brokenFileSystem(disk)),
  ];
  await rm(disk, { force: true });
  return { ...cut, lost, running, faults };
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

async function missingMark(system: System): Promise<string[]> {
  const { status } = await system.guest.run(`grep -qx mark ${MARK}`);
  return status === 0 ? [] : [`${MARK} is lost`];
}

/** Where the new image runs, the old one must still be there, and start. */
async function wayBack(system: System, { family, from }: Job): Promise<string[]> {
  await system.shutDown();
  if ((await system.entries()).length < 2) return ['the old system is not there'];
  const { reason } = await system.boot({ pick: 1 });
  if (reason !== null) return [`the old system does not start: ${reason}`];
  return (await family.running(system.guest)) === from ? [] : ['the second entry is not the old system'];
}

const named = (what: string, fault: string | null): string[] => (fault === null ? [] : [`${what}: ${fault}`]);
