import { join } from 'node:path';
import type { Owner } from '../../engine/owner.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { bringDisk } from '../disk/bring-disk.ts';
import { TwinproofError } from '../../errors.ts';
import type { OciImage } from '../../oci/types.ts';
import { detectFamily } from '../families/detect.ts';
import type { Family } from '../families/types.ts';
import { givenScenario } from '../update/given-scenario.ts';
import { type GivenRelease, makeGivenRelease } from './given-release.ts';
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
  /** What it shall be updated to; null for nothing. The caller closes it. */
  update: OciImage | null;
  onStep: (step: string) => void;
}

/**
 * Starts an existing disk image, by what it holds itself. What the machine writes goes to a copy.
 * @throws TwinproofError `unsupported` when it is no disk that can be started here
 */
export async function startGivenDisk(
  owner: Owner,
  { path, accelerator, update, onStep }: Options,
): Promise<UnderTest> {
  const started = Date.now();
  onStep('copying the disk');
  const folder = await makeScratch(owner, 'disk');
  try {
    await handOver(folder);
    const given = await bringDisk(path, folder);
    const { by, architecture, bootMethod } = await startOf(folder, 'disk.raw');
    const proved = await proof(owner, accelerator, architecture);
    if (update !== null) onStep('putting its next release on another disk');
    const { slowness } = proved;
    const release =
      update === null ? null : await makeGivenRelease(owner, update, { folder, slowness, architecture });
    const installed = Date.now() - started;
    const system = await System.install(owner, proved, {
      disk: join(folder, 'disk.raw'),
      update: release?.disk ?? null,
      bootMethod,
    });
    onStep(`starting it (${by}, ${architecture}, ${proved.accelerator})`);
    await bootOrEnd(system);
    const second = new SecondMachine(system);
    return {
      ...{ source: null, given: { ...given, by, architecture }, ...(await lookAt(system, release)) },
      ...{ system, second, installed, bad: new Map(), older: null },
      [Symbol.asyncDispose]: () => endBoth(second, system),
    };
  } finally {
    // The machine has links of its own to the disk.
    await removeScratch(folder);
  }
}

type Looked = Pick<UnderTest, 'about' | 'family' | 'whyNoFamily' | 'scenario' | 'noUpdate'>;

const NOT_NAMED = 'an existing disk image: what its next release must bring is not known; --update names it';

/** Asks it what it is, where it can be asked. */
async function lookAt(system: System, release: GivenRelease | null): Promise<Looked> {
  const { reason } = system.last;
  const nothing = { kernel: null, systemd: null };
  if (reason !== null)
    return { about: nothing, family: null, whyNoFamily: reason, scenario: null, noUpdate: reason };
  try {
    const { guest } = system;
    const kernel = (await guest.read('uname -r')).trim().slice(0, 100);
    const systemd = /^systemd (\d+)/.exec(await guest.read('systemctl --version'))?.[1] ?? null;
    const { family, reason: whyNoFamily, noUpdate, bootc } = await detectFamily(guest);
    const about = { kernel, systemd, ...(bootc === undefined ? {} : { bootcStatus: bootc }) };
    if (release === null) return { about, family, whyNoFamily, scenario: null, noUpdate: NOT_NAMED };
    const reasonAgainst = noUpdate ?? (family === null ? whyNoFamily : otherFamily(family, release));
    if (family === null || reasonAgainst !== null)
      return { about, family, whyNoFamily, scenario: null, noUpdate: reasonAgainst };
    return { about, family, whyNoFamily, ...(await updateTo(release, system, family)) };
  } catch (error) {
    await system[Symbol.asyncDispose]();
    throw error;
  }
}

const otherFamily = ({ id }: Family, { family }: GivenRelease): string | null =>
  id === family ? null : `its next release is for ${family}, and it is updated by ${id}`;

/** What it is updated to, or why it is not. */
async function updateTo(
  release: GivenRelease,
  system: System,
  family: Family,
): Promise<Pick<UnderTest, 'scenario' | 'noUpdate'>> {
  try {
    return { scenario: await givenScenario(system, family, release), noUpdate: null };
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'unsupported')
      return { scenario: null, noUpdate: error.message };
    throw error;
  }
}
