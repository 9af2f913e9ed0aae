import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Api, type KubeObject } from './api.ts';
import { clusterPrograms } from './build.ts';
import { Authority } from './certificates.ts';
import { type Place, SERVER, kubeconfig, startApiServer, startControllers } from './control-plane.ts';
import { type Names, makeNetwork, namesOf, removeNetwork } from './network.ts';
import { startNode } from './node.ts';
import { Processes } from './processes.ts';
import { REGISTRY_HOST, pushPrograms, startRegistry } from './registry.ts';

const PATIENCE = 300_000;

/** A control plane and kubelets with containerd, each node in a network namespace of its own on this machine. */
export class Cluster implements AsyncDisposable {
  readonly api: Api;
  readonly processes: Processes;
  /** File for clients. */
  readonly kubeconfig: string;
  /** Name of the image that sleeps, says and waits (programs/pause/main.go). */
  readonly image: string;
  readonly #parts: Parts;

  private constructor(
    parts: Parts,
    { api, kubeconfig, image }: Pick<Cluster, 'api' | 'kubeconfig' | 'image'>,
  ) {
    this.#parts = parts;
    this.processes = parts.place.processes;
    this.api = api;
    this.kubeconfig = kubeconfig;
    this.image = image;
  }

  /** @param folder new folder, which goes with the cluster */
  static async start(folder: string, nodes: number): Promise<Cluster> {
    const programs = await clusterPrograms();
    for (const part of ['logs', 'pki']) await mkdir(join(folder, part), { recursive: true });
    const authority = await Authority.make(join(folder, 'pki'));
    const processes = new Processes(join(folder, 'logs'));
    const prefix = `tp${process.pid}`;
    const parts = {
      names: namesOf(prefix),
      nodes,
      prefix,
      place: { programs, folder, authority, processes },
    };
    try {
      return await started(parts, (made) => new Cluster(parts, made));
    } catch (cause) {
      await end(parts);
      throw cause;
    }
  }

  /** File for a client of that name, who may do nothing. */
  async kubeconfigOf(name: string): Promise<string> {
    const { folder, authority } = this.#parts.place;
    const user = await authority.issue(name, `/CN=${name}`);
    return kubeconfig(join(folder, `${name}.kubeconfig`), authority, user);
  }

  /** Starts one more of the programs, beside the control plane. */
  async run(
    name: string,
    [program = '', ...args]: readonly string[],
    env: Record<string, string>,
  ): Promise<void> {
    const { names, place } = this.#parts;
    const command = ['ip', 'netns', 'exec', names.controlPlane, join(place.programs, program), ...args];
    await this.processes.start(name, command, env);
  }

  /** What is asked is asked again until it holds. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    await until(this.processes, what, holds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
    await end(this.#parts);
  }
}

interface Parts {
  names: Names;
  nodes: number;
  prefix: string;
  place: Place;
}

async function started<T>(
  { names, nodes, prefix, place }: Parts,
  made: (parts: Pick<Cluster, 'api' | 'kubeconfig' | 'image'>) => T,
): Promise<T> {
  const { folder, authority, programs, processes } = place;
  await makeNetwork(names, nodes);
  await startRegistry(names.controlPlane, place);
  const image = await pushPrograms(programs, folder);
  await startApiServer(names.controlPlane, place);
  const admin = await authority.issue('admin', '/O=system:masters/CN=admin');
  const api = await Api.open(SERVER, authority, admin);
  const isReady = async (): Promise<boolean> =>
    (await api.ask('GET', '/readyz').catch(() => ({ status: 0 }))).status === 200;
  await until(processes, 'the API server is ready', isReady);
  await startControllers(names.controlPlane, place);
  for (let number = 1; number <= nodes; number += 1) {
    const cgroup = `${prefix}/n${number}`;
    const namespace = names.node(number);
    await startNode({ ...place, namespace, number, registry: REGISTRY_HOST, pause: image, cgroup });
  }
  const areReady = async (): Promise<boolean> =>
    (await api.list('/api/v1/nodes')).filter(isNodeReady).length === nodes;
  await until(processes, `${nodes} nodes are ready`, areReady);
  // No pod may be made before its controller has made this.
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await until(processes, 'pods can be made', async () => (await api.ask('GET', account)).status === 200);
  return made({ api, image, kubeconfig: await kubeconfig(join(folder, 'kubeconfig'), authority, admin) });
}

export function isNodeReady({ status }: KubeObject): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

async function until(processes: Processes, what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    await processes.requireRunning();
    if (Date.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${what}`);
    await setTimeout(250);
  }
}

async function end({ names, nodes, prefix, place: { processes, folder } }: Parts): Promise<void> {
  await processes[Symbol.asyncDispose]();
  await removeNetwork(names, nodes);
  for (const hierarchy of await readdir('/sys/fs/cgroup')) {
    await removeCgroup(join('/sys/fs/cgroup', hierarchy, prefix));
  }
  await rm(folder, { recursive: true, force: true });
}

/** From the leaves up: a cgroup with others in it stays. */
async function removeCgroup(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  }
  await rmdir(path).catch(() => undefined);
}
