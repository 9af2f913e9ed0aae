import { setTimeout } from 'node:timers/promises';
import type { StartedTestContainer } from 'testcontainers';
import { TwinproofError } from '../../errors.ts';
import type { ContainerSpec, RunningContainer } from '../port.ts';
import { type Api, NOT_FOUND, engineCall, unless } from './call.ts';
import { IsolatedContainer, type ContainerPlace } from './settings.ts';

type Alone = Omit<RunningContainer, 'sidecar'>;

/** Starts a container, then what stands beside it. */
export async function run(api: Api, place: ContainerPlace, spec: ContainerSpec): Promise<RunningContainer> {
  const main = await start(api, place, spec);
  const sidecars = new Map<string, Alone>();
  const dispose = async (): Promise<void> => {
    for (const each of [...sidecars.values(), main]) await each[Symbol.asyncDispose]();
  };
  try {
    for (const [name, each] of Object.entries(spec.sidecars ?? {})) {
      // Podman would start a container that has ended again, so that the sidecar has its network.
      if (!(await main.running())) break;
      sidecars.set(name, await start(api, { ...place, beside: main.id }, each));
    }
  } catch (error) {
    // There is no network to share with a container that has ended, and why it has is for its user to ask.
    if (await main.running().catch(() => true)) {
      await dispose();
      throw error;
    }
  }
  const sidecar = (name: string): Alone => {
    const found = sidecars.get(name);
    if (found !== undefined) return found;
    throw new TwinproofError('engine-unavailable', `the container ended before its sidecar ${name} started`);
  };
  return { ...main, sidecar, [Symbol.asyncDispose]: dispose };
}

async function start(api: Api, place: ContainerPlace, spec: ContainerSpec): Promise<Alone> {
  const started = await engineCall(`start a container from ${spec.image}`, () =>
    new IsolatedContainer(spec, place).start(),
  );
  const id = started.getId();
  return {
    id,
    exec: (command, options) => exec(started, command, options),
    wait: (timeout) => wait(api, id, timeout),
    running: () => isRunning(api, id),
    output: () => output(api, id),
    // A broken engine has been told of by then; what is left of it there, the next start sweeps up.
    [Symbol.asyncDispose]: () => remove(api, id).catch(() => undefined),
  };
}

const exec = (container: StartedTestContainer, command: string[], options: { user?: string } = {}) =>
  engineCall('run a command in a container', () => container.exec(command, options));

async function wait(api: Api, id: string, timeout: number): Promise<{ exitCode: number } | null> {
  const late = new AbortController();
  const ended = engineCall('wait for a container', async () => {
    const { StatusCode } = (await api.getContainer(id).wait()) as { StatusCode: number };
    return { exitCode: StatusCode };
  });
  // When the time is up the container is removed by its owner, and this call then ends unheard.
  ended.catch(() => undefined);
  try {
    return await Promise.race([ended, setTimeout(timeout, null, { signal: late.signal })]);
  } finally {
    late.abort();
  }
}

/** One that ended may have been removed by the engine. */
async function isRunning(api: Api, id: string): Promise<boolean> {
  const found = await engineCall('look at a container', () =>
    unless(NOT_FOUND, api.getContainer(id).inspect()),
  );
  return found?.State.Running ?? false;
}

async function output(api: Api, id: string): Promise<string> {
  const raw = await engineCall('read the output of a container', () =>
    api.getContainer(id).logs({ stdout: true, stderr: true, tail: 400 }),
  );
  return demultiplex(raw).slice(-65_536);
}

/** Docker Engine API, "Attach to a container", stream format: 8-byte header (stream, 0, 0, 0, size), then the bytes. */
function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const size = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** 404: gone; 409: its removal is under way. */
export async function remove(api: Api, id: string): Promise<void> {
  await unless([404, 409], api.getContainer(id).remove({ force: true, v: true }));
}
