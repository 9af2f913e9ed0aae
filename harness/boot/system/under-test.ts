import { join } from 'node:path';
import type { Owner } from '../../engine/owner.ts';
import type { Engine } from '../../engine/port.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { readTree, type MergedTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import type { OciImage } from '../../oci/types.ts';
import type { GivenDisk } from '../disk/bring-disk.ts';
import { lookAtBootc } from '../disk/bootc-image.ts';
import { makeDisk } from '../disk/make-disk.ts';
import { MACHINE_ARCHITECTURE, type OperatingSystem, operatingSystemOf } from '../disk/operating-system.ts';
import type { Accelerator } from '../machine/types.ts';
import { type Named, type Slots, nameRelease } from '../disk/slots.ts';
import type { BootcStatus } from '../families/bootc-status.ts';
import type { Family } from '../families/types.ts';
import type { Badness } from '../update/bad-releases.ts';
import { NO_RELEASES, type WantedReleases, byName, makeReleases } from '../update/releases.ts';
import type { UpdatePlan } from '../update/plan.ts';
import { UpdateScenario } from '../update/scenario.ts';
import { addedArguments, patience } from './boot-method.ts';
import { direct } from './direct.ts';
import { grub } from './grub.ts';
import type { GivenStart } from './existing.ts';
import { loader } from './loader.ts';
import { proof } from './proof.ts';
import { SecondMachine } from './second-machine.ts';
import { System } from './system.ts';
import { updatedBy } from './updated-by.ts';

const BOOT_METHODS = { grub, 'systemd-boot': loader } as const;

/** What was put on a disk. */
export interface Source {
  image: OciImage;
  tree: MergedTree;
  os: OperatingSystem;
  family: Family;
}

/** A system that was started; what all claims about it look at. */
export interface UnderTest extends AsyncDisposable {
  /** The image that was put on its disk; null for an existing disk image. */
  source: Source | null;
  /** An existing disk image; null for one that was made here. */
  given: (GivenDisk & Pick<GivenStart, 'by' | 'architecture'>) | null;
  /** What it says of itself; null where it does not. */
  about: { kernel: string | null; systemd: string | null; bootcStatus?: BootcStatus };
  /** Null for one that is of none, or did not come up. */
  family: Family | null;
  /** Why it is of no family; empty where it is of one. */
  whyNoFamily: string;
  system: System;
  /** A machine with a copy of its disk. */
  second: SecondMachine;
  /** An update of it; null when none was asked for, or it takes none here. */
  scenario: UpdateScenario | null;
  /** Why it takes none here; null where it does, or none was asked for. */
  noUpdate: string | null;
  /** Manifests of the releases beside that one which do not come up. */
  bad: Map<Badness, string>;
  /** Manifest of a release that is older than what was installed; null when none was asked for, or nothing is older. */
  older: string | null;
  /** Milliseconds for reading the image and making the disk. */
  installed: number;
}

interface Options extends WantedReleases {
  image: OciImage;
  accelerator: Accelerator | 'auto';
  onStep: (step: string) => void;
}

/**
 * Puts an image on a disk and starts it. The caller closes the image.
 * @throws TwinproofError `unsupported` when it is no operating system that can be put on a disk here
 */
export async function startUnderTest(engine: Engine, owner: Owner, options: Options): Promise<UnderTest> {
  const { image, accelerator, onStep } = options;
  const started = Date.now();
  onStep('looking for an operating system');
  const tree = await readTree(image, { limits: DEFAULT_LIMITS });
  const os = operatingSystemOf(tree, image.config.json);
  const own = os.bootc ? await lookAtBootc(image, os.kernel) : null;
  const proved = await proof(owner, accelerator, MACHINE_ARCHITECTURE);
  onStep('putting the image on a disk');
  const folder = await makeScratch(owner, 'disk');
  try {
    let installed = '';
    const by = await updatedBy(image, { tree, os }, () => installed);
    const { family, noUpdate, remote } = by;
    const bootMethod = os.loader === null ? direct : BOOT_METHODS[os.loader];
    const made =
      noUpdate === null
        ? await makeReleases({ image, tree, kernel: os.kernel, family, folder }, options)
        : NO_RELEASES;
    const disks = await makeDisk(engine, owner, {
      ...{ os, image, releases: byName(made), commandLine: addedArguments(proved.slowness) },
      deviceTimeout: patience(proved.slowness),
      ownArguments: own?.kernelArguments ?? [],
      remote,
      named: by.slots === null ? null : await namesOf(image, byName(made), by.slots),
      folder: join(folder, 'work'),
    });
    installed = disks.installed;
    const took = Date.now() - started;
    const system = await System.install(owner, proved, { ...disks, bootMethod });
    const scenario = made.update === null ? null : scenarioOf(system, { image, family, ...made.update });
    onStep(`starting it (${proved.accelerator})`);
    const digests = new Map([...made.bad].map(([name, { manifest }]) => [name, manifest.digest]));
    await bootOrEnd(system);
    const second = new SecondMachine(system);
    return {
      ...{
        source: { image, tree, os, family },
        given: null,
        about: os,
        family,
        whyNoFamily: '',
      },
      ...{
        system,
        second,
        scenario,
        noUpdate,
        installed: took,
        bad: digests,
        older: made.older?.manifest.digest ?? null,
      },
      [Symbol.asyncDispose]: () => endBoth(second, system),
    };
  } finally {
    // The machine has links of its own to the disks.
    await removeScratch(folder);
  }
}

/** What they are called for the tool that updates them. @throws TwinproofError `unsupported` where one has no version */
export async function namesOf(
  image: OciImage,
  releases: ReadonlyMap<string, OciImage>,
  slots: Slots,
): Promise<{ first: Named; releases: Map<string, Named> }> {
  const named = new Map<string, Named>();
  for (const [name, release] of releases) named.set(name, await nameRelease(release, slots));
  return { first: await nameRelease(image, slots), releases: named };
}

const scenarioOf = (
  system: System,
  { image, family, next, plan }: { image: OciImage; family: Family; next: OciImage; plan: UpdatePlan },
): UpdateScenario =>
  new UpdateScenario(system, family, { plan, from: image.manifest.digest, to: next.manifest.digest });

/** The one whose disk was copied outlives the other. */
export async function endBoth(second: SecondMachine, system: System): Promise<void> {
  await second[Symbol.asyncDispose]();
  await system[Symbol.asyncDispose]();
}

/** Starts it, well or not; one that cannot be started is ended. */
export async function bootOrEnd(system: System): Promise<void> {
  try {
    await system.start();
  } catch (error) {
    await system[Symbol.asyncDispose]();
    throw error;
  }
}

/** A system that is started when it is first asked for, and ended when this is left. A failure is everybody's failure. */
export class OnceUnderTest implements AsyncDisposable {
  readonly #start: () => Promise<UnderTest>;
  #starting: Promise<UnderTest> | undefined;
  /** Null before it was started, and where it could not be. */
  started: UnderTest | null = null;

  constructor(start: () => Promise<UnderTest>) {
    this.#start = start;
  }

  readonly get = (): Promise<UnderTest> =>
    (this.#starting ??= this.#start().then((under) => (this.started = under)));

  async [Symbol.asyncDispose](): Promise<void> {
    const under = await this.#starting?.catch(() => undefined);
    await under?.[Symbol.asyncDispose]();
  }
}
