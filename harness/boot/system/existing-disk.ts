import { join } from 'node:path';
import type { Owner } from '../../engine/owner.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { bringDisk } from '../disk/bring-disk.ts';
import { detectFamily } from '../families/detect.ts';
import { handOver } from '../machine/confined.ts';
import type { Accelerator } from '../machine/types.ts';
import { startOf } from './existing.ts';
import { proof } from './proof.ts';
import { System } from './system.ts';
import { SecondMachine } from './second-machine.ts';
import { type UnderTest, bootOrEnd, endBoth } from './under-test.ts';

interface Options {
  /** A file, which is only read. */
  path: string;
  accelerator: Accelerator | 'auto';
  onStep: (step: string) => void;
}

/**
 * Starts an existing disk image, by what it holds itself. What the machine writes goes to a copy.
 * @throws TwinproofError `unsupported` when it is no disk that can be started here
 */
export async function startGivenDisk(
  owner: Owner,
  { path, accelerator, onStep }: Options,
): Promise<UnderTest> {
  const started = Date.now();
  onStep('copying the disk');
  const folder = await makeScratch(owner, 'disk');
  try {
    await handOver(folder);
    const given = await bringDisk(path, folder);
    const { by, architecture, bootMethod } = await startOf(folder, 'disk.raw');
    const proved = await proof(owner, accelerator, architecture);
    const installed = Date.now() - started;
    const system = await System.install(owner, proved, {
      disk: join(folder, 'disk.raw'),
      update: null,
      bootMethod,
    });
    onStep(`starting it (${by}, ${architecture}, ${proved.accelerator})`);
    await bootOrEnd(system);
    const second = new SecondMachine(system);
    return {
      ...{ source: null, given: { ...given, by, architecture }, ...(await lookAt(system)) },
      ...{ system, second, scenario: null, installed, bad: new Map(), older: null },
      [Symbol.asyncDispose]: () => endBoth(second, system),
    };
  } finally {
    // The machine has links of its own to the disk.
    await removeScratch(folder);
  }
}

/** Asks it what it is, where it can be asked. */
async function lookAt(system: System): Promise<Pick<UnderTest, 'about' | 'family' | 'whyNoFamily'>> {
  const { reason } = system.last;
  const nothing = { kernel: null, systemd: null };
  if (reason !== null) return { about: nothing, family: null, whyNoFamily: reason };
  try {
    const { guest } = system;
    const kernel = (await guest.read('uname -r')).trim().slice(0, 100);
    const systemd = /^systemd (\d+)/.exec(await guest.read('systemctl --version'))?.[1] ?? null;
    const { family, reason: whyNoFamily } = await detectFamily(guest);
    return { about: { kernel, systemd }, family, whyNoFamily };
  } catch (error) {
    await system[Symbol.asyncDispose]();
    throw error;
  }
}
