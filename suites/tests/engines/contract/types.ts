import { strict as assert } from 'node:assert';
import type { ContainerSpec, Engine, ExecResult, RunningContainer } from '../../../../harness/engine/port.ts';
import type { Owner } from '../../../../harness/engine/owner.ts';

/** Where an adapter is checked. */
export interface Place {
  engine: Engine;
  owner: Owner;
  /** The bundled builder, which has sh, curl and python3. */
  image: string;
  /** A folder of this host, for inputs and outputs. */
  folder: string;
}

/** One thing that every engine must do; it throws when this one does not. */
export interface Check {
  name: string;
  /** What a host without cgroups or /dev/fuse for its users cannot give. */
  needs?: 'limits' | 'devices';
  check: (place: Place) => Promise<void>;
}

const MIB = 1024 ** 2;
const LIMITS = { memory: 256 * MIB, processes: 64 };
/** Seconds; longer than any check takes. */
const LIFE = 120;

/** A container that waits for commands, unless the specification says what its main process is. */
export function start(place: Place, spec: Partial<ContainerSpec> = {}): Promise<RunningContainer> {
  const usual = { image: place.image, command: ['sh', '-c', `sleep ${LIFE} & wait`], limits: LIMITS };
  return place.engine.run(place.owner, { ...usual, ...spec });
}

/** Runs one script in a container of its own. */
export async function script(
  place: Place,
  text: string,
  spec: Partial<ContainerSpec> = {},
): Promise<ExecResult> {
  await using container = await start(place, spec);
  return await container.exec(['sh', '-c', text]);
}

/** What a script that must succeed has printed. */
export async function printed(
  place: Place,
  text: string,
  spec: Partial<ContainerSpec> = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await script(place, text, spec);
  assert.equal(exitCode, 0, stderr);
  return stdout.trim();
}

/** Waits until something is so, at most so many seconds. */
export async function within(seconds: number, so: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await so()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
