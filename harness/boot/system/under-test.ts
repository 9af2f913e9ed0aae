import { join } from 'node:path';
import type { Owner } from '../../engine/owner.ts';
import type { Engine } from '../../engine/port.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { readTree, type MergedTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import type { OciImage } from '../../oci/types.ts';
import type { GivenDisk } from '../disk/bring-disk.ts';
import { makeDisk } from '../disk/make-disk.ts';
import { MACHINE_ARCHITECTURE, type OperatingSystem, operatingSystemOf } from '../disk/operating-system.ts';
import type { Accelerator } from '../machine/types.ts';
import { ab } from '../families/ab.ts';
import { ostree } from '../families/ostree.ts';
import type { Family } from '../families/types.ts';
import { type Badness, makeBadReleases } from '../update/bad-releases.ts';
import { OLDER } from '../update/downgrade.ts';
import { makeOlderRelease } from '../update/older-release.ts';
import { nextRelease } from '../update/next-release.ts';
import type { UpdatePlan } from '../update/plan.ts';
import { UpdateScenario } from '../update/scenario.ts';
import { addedArguments, patience } from './starter.ts';
import { direct } from './direct.ts';
import { grub } from './grub.ts';
import type { GivenStart } from './given.ts';
import { loader } from './loader.ts';
import { proof } from './proof.ts';
import { SecondMachine } from './second-machine.ts';
import { System } from './system.ts';

const FAMILIES = { ostree, ab } as const;
const STARTERS = { grub, 'systemd-boot': loader } as const;

/** What was put on a disk. */
export interface Source {
  image: OciImage;
  tree: MergedTree;
  os: OperatingSystem;
  family: Family;
}

/** A system that was started; what all claims about it look at. */
export interface UnderTest extends AsyncDisposable {
  /** The image that was put on its disk; null for a disk that came as it is. */
  source: Source | null;
  /** A disk that came as it is; null for one that was made here. */
  given: (GivenDisk & Pick<GivenStart, 'by' | 'architecture'>) | null;
  /** What it says of itself; null where it does not. */
  about: { kernel: string | null; systemd: string | null };
  /** Null for one that is of none, or did not come up. */
  family: Family | null;
  /** Why it is of no family; empty where it is of one. */
  whyNoFamily: string;
  system: System;
  /** A machine with a copy of its disk. */
  second: SecondMachine;
  /** An update of it; null when none was asked for. */
  scenario: UpdateScenario | null;
  /** Manifests of the releases beside that one which do not come up. */
  bad: Map<Badness, string>;
  /** Manifest of a release that is older than what was installed; null when none was asked for, or nothing is older. */
  older: string | null;
  /** Milliseconds for reading the image and making the disk. */
  installed: number;
}

interface Options {
  image: OciImage;
  accelerator: Accelerator | 'auto';
  /** What it is to be updated to; `synthetic` is the image with one more layer. */
  update: OciImage | 'synthetic' | null;
  /** Releases that do not come up are wanted, too, where the family has use for them. */
  badUpdates: boolean;
  /** One that is older than the image is wanted, too. */
  olderRelease: boolean;
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
  const os = operatingSystemOf(tree, image.config.json.architecture);
  const proved = await proof(owner, accelerator, MACHINE_ARCHITECTURE);
  onStep('putting the image on a disk');
  const folder = await makeScratch(owner, 'disk');
  try {
    const family = FAMILIES[os.family];
    const starter = os.loader === null ? direct : STARTERS[os.loader];
    const update =
      options.update === null ? null : await nextRelease({ image, tree, family, folder }, options.update);
    const wanted = options.badUpdates && family.noFallBack === null;
    const bad = wanted
      ? await makeBadReleases(image, tree, { kernel: os.kernel, folder })
      : new Map<Badness, OciImage>();
    const older = options.olderRelease ? await makeOlderRelease(image, folder) : null;
    const releases = new Map<string, OciImage>([
      ...(update === null ? [] : [['image', update.next] as const]),
      ...bad,
      ...(older === null ? [] : [[OLDER, older] as const]),
    ]);
    const disks = await makeDisk(engine, owner, {
      ...{ os, image, releases, commandLine: addedArguments(proved.slowness) },
      deviceTimeout: patience(proved.slowness),
      folder: join(folder, 'work'),
    });
    const installed = Date.now() - started;
    const system = await System.install(owner, proved, { ...disks, starter });
    const scenario = update === null ? null : scenarioOf(system, { image, family, ...update });
    onStep(`starting it (${proved.accelerator})`);
    const digests = new Map([...bad].map(([name, { manifest }]) => [name, manifest.digest]));
    await bootOrEnd(system);
    const second = new SecondMachine(system);
    return {
      ...{ source: { image, tree, os, family }, given: null, about: os, family, whyNoFamily: '' },
      ...{ system, second, scenario, installed, bad: digests, older: older?.manifest.digest ?? null },
      [Symbol.asyncDispose]: () => endBoth(second, system),
    };
  } finally {
    // The machine has links of its own to the disks.
    await removeScratch(folder);
  }
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
  #started: Promise<UnderTest> | undefined;

  constructor(start: () => Promise<UnderTest>) {
    this.#start = start;
  }

  readonly get = (): Promise<UnderTest> => (this.#started ??= this.#start());

  async [Symbol.asyncDispose](): Promise<void> {
    const under = await this.#started?.catch(() => undefined);
    await under?.[Symbol.asyncDispose]();
  }
}
