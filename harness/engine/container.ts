import { setTimeout } from 'node:timers/promises';
import { GenericContainer, type StartedTestContainer } from 'testcontainers';
import type { Engine } from './runtime.ts';
import { dockerode, engineCall } from './runtime.ts';
import { ownerLabels } from './marks.ts';
import type { Owner } from './owner.ts';

export interface Mount {
  source: string;
  target: string;
  mode: 'ro' | 'rw';
}

/** What an isolated container may have. Nothing else is granted: no network, no capabilities, a read-only root. */
export interface IsolatedSpec {
  image: string;
  /** The container's main process. It ends by itself, so that nothing is left when the harness is killed. */
  command: string[];
  mounts: Mount[];
  /** Folder to tmpfs options, e.g. `size=64m,exec`. */
  tmpfs: Record<string, string>;
  capabilities: string[];
  environment: Record<string, string>;
  hostname?: string;
  /** Devices of the host, under the same path inside. */
  devices?: string[];
  /** Bytes. */
  memory: number;
  processes: number;
  /** `none`, or `container:<id>` to share the loopback of another container. */
  network?: string;
  user?: string;
  /** Keeps the image's own entrypoint; otherwise it is cleared. */
  keepEntrypoint?: boolean;
  securityOptions?: string[];
  /** Names that a resolver at this address is asked for. */
  resolver?: string;
  /** Shows all of /proc, writable: only for containers whose own programs run as nobody's root. */
  wholeProc?: boolean;
  /** Keeps the container after its main process ended, so that its output and exit code can be asked for. */
  keepAfterExit?: boolean;
}

/**
 * The same on every host, so that nothing which looks at its limits builds differently; and low enough for an engine
 * without CAP_SYS_RESOURCE, which may only lower its own.
 */
const ULIMITS = { nofile: { soft: 16_384, hard: 16_384 }, nproc: { soft: 16_384, hard: 16_384 } };

/**
 * A main process that does nothing for so many seconds. The shell takes in orphans as it waits, which a bare `sleep`
 * as process 1 would leave as zombies, and no engine's own init is needed (podman may lack it).
 */
export const idle = (seconds: number): string[] => ['sh', '-c', `sleep ${seconds} & wait`];

/** testcontainers' container with the host settings that its own methods do not reach. */
class IsolatedContainer extends GenericContainer {
  constructor(spec: IsolatedSpec, owner: Owner) {
    super(spec.image);
    this.withLabels(ownerLabels(owner))
      .withDroppedCapabilities('ALL')
      .withAddedCapabilities(...spec.capabilities)
      .withBindMounts(spec.mounts)
      .withTmpFs(spec.tmpfs)
      .withEnvironment(spec.environment)
      .withNetworkMode(spec.network ?? 'none')
      .withUlimits(ULIMITS)
      // Containers carry our own marks and are swept by them; the reaper image would need a registry.
      .withAutoCleanup(false)
      .withAutoRemove(false)
      .withStartupTimeout(60_000)
      .withPullPolicy({ shouldPull: () => 'never' as const });
    if (spec.command.length > 0) this.withCommand(spec.command);
    if (spec.keepEntrypoint !== true) this.withEntrypoint([]);
    if (spec.user !== undefined) this.withUser(spec.user);
    if (spec.securityOptions !== undefined) this.withSecurityOpt(...spec.securityOptions);
    if (spec.hostname !== undefined) this.withHostname(spec.hostname);
    Object.assign(this.hostConfig, {
      AutoRemove: spec.keepAfterExit !== true,
      ReadonlyRootfs: true,
      Memory: spec.memory,
      MemorySwap: spec.memory,
      PidsLimit: spec.processes,
      ...(spec.resolver === undefined ? {} : { Dns: [spec.resolver] }),
      ...(spec.wholeProc === true ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
      Devices: (spec.devices ?? []).map((path) => ({
        PathOnHost: path,
        PathInContainer: path,
        CgroupPermissions: 'rwm',
      })),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '1' } },
    });
  }
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A started isolated container; leaving its scope kills and removes it. */
export interface RunningContainer extends AsyncDisposable {
  id: string;
  exec: (command: string[], options?: { user?: string }) => Promise<ExecResult>;
  /** Waits for the main process to end; needs `keepAfterExit`. Null when it did not end in time (milliseconds). */
  wait: (timeout: number) => Promise<{ exitCode: number } | null>;
  running: () => Promise<boolean>;
  /** What the main process has written so far: standard output and standard error, the last 64 KiB or so. */
  output: () => Promise<string>;
}

/** @throws TwinproofError `engine-unavailable` */
export async function startIsolated(
  engine: Engine,
  owner: Owner,
  spec: IsolatedSpec,
): Promise<RunningContainer> {
  const started = await engineCall(`start a container from ${spec.image}`, () =>
    new IsolatedContainer(spec, owner).start(),
  );
  return {
    id: started.getId(),
    exec: (command, options) => exec(started, command, options),
    wait: (timeout) => wait(engine, started.getId(), timeout),
    running: () => isRunning(engine, started.getId()),
    output: () => output(engine, started.getId()),
    // A broken engine has been told of by then; what is left of it there, the next start sweeps up.
    [Symbol.asyncDispose]: () => remove(engine, started.getId()).catch(() => undefined),
  };
}

async function exec(
  container: StartedTestContainer,
  command: string[],
  options: { user?: string } = {},
): Promise<ExecResult> {
  return engineCall('run a command in a container', () => container.exec(command, options));
}

async function wait(engine: Engine, id: string, timeout: number): Promise<{ exitCode: number } | null> {
  const late = new AbortController();
  const ended = engineCall('wait for a container', async () => {
    const { StatusCode } = (await dockerode(engine).getContainer(id).wait()) as { StatusCode: number };
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

async function isRunning(engine: Engine, id: string): Promise<boolean> {
  const { State } = await engineCall('look at a container', () =>
    dockerode(engine).getContainer(id).inspect(),
  );
  return State.Running;
}

async function output(engine: Engine, id: string): Promise<string> {
  const raw = await engineCall('read the output of a container', () =>
    dockerode(engine).getContainer(id).logs({ stdout: true, stderr: true, tail: 400 }),
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

/** Kills and removes; a container that is gone already is what was wanted. */
export async function remove(engine: Engine, id: string): Promise<void> {
  await dockerode(engine)
    .getContainer(id)
    .remove({ force: true, v: true })
    .catch((error: unknown) => {
      const status = (error as { statusCode?: number }).statusCode;
      // 404: gone; 409: its removal is under way.
      if (status !== 404 && status !== 409) throw error;
    });
}
