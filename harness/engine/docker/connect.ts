import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';
import { TwinproofError } from '../../errors.ts';
import { MARK, ownerFromLabels } from '../marks.ts';
import type { Engine, MarkedContainer } from '../port.ts';
import { type Api, engineCall } from './call.ts';
import { dockerImages } from './images.ts';
import { remove, run } from './run.ts';
import { dockerVolumes } from './volumes.ts';

/**
 * Finds Docker Engine or podman the way testcontainers does (DOCKER_HOST, the Docker socket, rootless sockets).
 * @throws TwinproofError `engine-unavailable`
 */
export async function connectDocker(): Promise<Engine> {
  let client: ContainerRuntimeClient;
  // Nothing here reaches a container through a port of the host. Without this, testcontainers would look for the host's
  // address: in a network that the engine may not have, with an image that it would have to pull.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= 'localhost';
  try {
    client = await getContainerRuntimeClient();
  } catch (cause) {
    throw new TwinproofError('engine-unavailable', 'no container engine answers', {
      hint: 'start Docker Engine or a podman socket, or set DOCKER_HOST; `npx twinproof doctor` shows what is missing',
      cause,
    });
  }
  refuseOther(client);
  const api = client.container.dockerode;
  const version = await engineCall('ask the engine for its version', () => api.version());
  const podman = isPodman(version.Components);
  const label = `${podman ? 'Podman' : 'Docker Engine'} ${version.Version}`;
  return {
    name: podman ? 'Podman' : 'Docker Engine',
    version: version.Version,
    architecture: version.Arch,
    cpus: client.info.containerRuntime.cpus,
    memory: client.info.containerRuntime.memory,
    run: (owner, spec) => run(api, { owner, podman }, spec),
    list: () => list(api),
    remove: (id) => remove(api, id),
    images: dockerImages(api, label),
    volumes: dockerVolumes(api),
  };
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

async function list(api: Api): Promise<MarkedContainer[]> {
  const marked = await engineCall('list containers', () =>
    api.listContainers({ all: true, filters: { label: [`${MARK}=true`] } }),
  );
  return marked.map(({ Id, Labels }) => ({ id: Id, owner: ownerFromLabels(Labels) }));
}
