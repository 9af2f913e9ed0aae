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
  /** Bytes. */
  memory: number;
  processes: number;
  /** `none`, or `container:<id>` to share the loopback of another container. */
  network?: string;
  user?: string;
  /** Keeps the image's own entrypoint; otherwise it is cleared. */
  keepEntrypoint?: boolean;
  securityOptions?: string[];
}

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
      // Containers carry our own marks and are swept by them; the reaper image would need a registry.
      .withAutoCleanup(false)
      .withAutoRemove(false)
      .withStartupTimeout(60_000)
      .withPullPolicy({ shouldPull: () => 'never' as const });
    if (spec.command.length > 0) this.withCommand(spec.command);
    if (spec.keepEntrypoint !== true) this.withEntrypoint([]);
    if (spec.user !== undefined) this.withUser(spec.user);
    if (spec.securityOptions !== undefined) this.withSecurityOpt(...spec.securityOptions);
    Object.assign(this.hostConfig, {
      AutoRemove: true,
      Init: true,
      ReadonlyRootfs: true,
      Memory: spec.memory,
      MemorySwap: spec.memory,
      PidsLimit: spec.processes,
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
    [Symbol.asyncDispose]: () => remove(engine, started.getId()),
  };
}

async function exec(
  container: StartedTestContainer,
  command: string[],
  options: { user?: string } = {},
): Promise<ExecResult> {
  return engineCall('run a command in a container', () => container.exec(command, options));
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
