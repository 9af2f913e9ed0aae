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
  try {
    client = await getContainerRuntimeClient();
  } catch (cause) {
    throw new TwinproofError('engine-unavailable', 'no container engine answers', {
      hint: 'start Docker Engine or a podman socket, or set DOCKER_HOST; `twinproof doctor` shows what is missing',
      cause,
    });
  }
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
