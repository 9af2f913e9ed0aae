import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';
import { TwinproofError } from '../errors.ts';

export interface Engine {
  /** `Docker Engine` or `Podman`. */
  name: string;
  version: string;
  architecture: string;
  cpus: number;
  /** Bytes. */
  memory: number;
  client: ContainerRuntimeClient;
}

type Dockerode = ContainerRuntimeClient['container']['dockerode'];

export function dockerode(engine: Engine): Dockerode {
  return engine.client.container.dockerode;
}

/**
 * Finds the container engine the way testcontainers does (DOCKER_HOST, the Docker socket, rootless sockets).
 * @throws TwinproofError `engine-unavailable`
 */
export async function connectEngine(): Promise<Engine> {
  let client: ContainerRuntimeClient;
  // Nothing here reaches a container through a port of the host. Without this, testcontainers would look for the host's
  // address: in a network that the engine may not have, with an image that it would have to pull.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= 'localhost';
  try {
    client = await getContainerRuntimeClient();
  } catch (cause) {
    throw new TwinproofError('engine-unavailable', 'no container engine answers', {
      hint: 'start Docker Engine or a podman socket, or set DOCKER_HOST; `twinproof doctor` shows what is missing',
      cause,
    });
  }
  refuseOther(client);
  return engineCall('ask the engine for its version', async () => {
    const version = await client.container.dockerode.version();
    const info = client.info.containerRuntime;
    const podman = isPodman(version.Components);
    return {
      name: podman ? 'Podman' : 'Docker Engine',
      version: version.Version,
      architecture: version.Arch,
      cpus: info.cpus,
      memory: info.memory,
      client,
    };
  });
}

/** testcontainers goes on to the next engine when that of DOCKER_HOST is silent; the user named one, so no other will do. */
function refuseOther(client: ContainerRuntimeClient): void {
  const { DOCKER_HOST } = process.env;
  if (DOCKER_HOST?.startsWith('unix://') !== true) return;
  const { socketPath } = client.container.dockerode.modem as { socketPath?: string };
  if (socketPath === DOCKER_HOST.slice('unix://'.length)) return;
  throw new TwinproofError('engine-unavailable', `no container engine answers at ${DOCKER_HOST}`, {
    hint: 'start it, or unset DOCKER_HOST',
  });
}

/** Podman's Docker-compatible API names its own engine; older Docker Engines send no components at all. */
function isPodman(components: { Name: string }[] | undefined): boolean {
  return components?.some((component) => component.Name.includes('Podman')) ?? false;
}

/** Runs one call to the engine; whatever goes wrong in it is the engine's fault, with a one-line reason. */
export async function engineCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    const reason = (cause instanceof Error ? cause.message : String(cause))
      .replaceAll(/\s+/g, ' ')
      .slice(0, 300);
    throw new TwinproofError('engine-unavailable', `could not ${what}: ${reason}`, {
      hint: 'see whether the container engine still runs: `twinproof doctor`',
      cause,
    });
  }
}
