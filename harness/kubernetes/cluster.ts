import { setTimeout } from 'node:timers/promises';
import type {
  AuthorizationV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  V1Job,
  V1Pod,
} from '@kubernetes/client-node';
import { TwinproofError } from '../errors.ts';
import type { ClusterAccess } from './settings.ts';

/** An optional peer dependency: it is larger than everything else, and few need it. */
async function loadClient(): Promise<typeof import('@kubernetes/client-node')> {
  try {
    return await import('@kubernetes/client-node');
  } catch (cause) {
    throw new TwinproofError('usage', 'the npm package @kubernetes/client-node cannot be loaded', {
      hint: 'install it beside twinproof: npm install --save-dev @kubernetes/client-node@2',
      cause,
    });
  }
}

/** Milliseconds for which the API server may be away: it is started again, or a proxy before it is. */
const PATIENCE = 300_000;
const PAUSE = 2000;
/** Bytes of a pod's log that are kept, from its end. */
const LOG_LIMIT = 256 * 1024;

/** The part of a cluster's API that builds need, in one namespace. Every call throws TwinproofError `engine-unavailable`. */
export class Cluster {
  readonly namespace: string;
  readonly #jobs: BatchV1Api;
  readonly #pods: CoreV1Api;

  readonly #rights: AuthorizationV1Api;

  private constructor(
    namespace: string,
    { jobs, pods, rights }: { jobs: BatchV1Api; pods: CoreV1Api; rights: AuthorizationV1Api },
  ) {
    this.namespace = namespace;
    this.#jobs = jobs;
    this.#pods = pods;
    this.#rights = rights;
  }

  /** @throws TwinproofError usage where there is no such context, or no client of Kubernetes is installed */
  static async connect(settings: ClusterAccess): Promise<Cluster> {
    const { AuthorizationV1Api, BatchV1Api, CoreV1Api, KubeConfig } = await loadClient();
    const config = new KubeConfig();
    load(config, settings);
    const namespace = settings.namespace ?? config.getContextObject(config.getCurrentContext())?.namespace;
    return new Cluster(namespace ?? 'default', {
      jobs: config.makeApiClient(BatchV1Api),
      pods: config.makeApiClient(CoreV1Api),
      rights: config.makeApiClient(AuthorizationV1Api),
    });
  }

  /** Whether the caller may do this in the namespace. @param resource `pods`, or `pods/log` */
  async may(verb: string, group: string, resource: string): Promise<boolean> {
    const [name = '', subresource] = resource.split('/');
    const { namespace } = this;
    const asked = {
      namespace,
      verb,
      group,
      resource: name,
      ...(subresource === undefined ? {} : { subresource }),
    };
    const review = await patiently('review rights', () =>
      this.#rights.createSelfSubjectAccessReview({
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: asked },
        },
      }),
    );
    return review.status?.allowed ?? false;
  }

  /** The latest warning about an object, empty where there is none. */
  async said(name: string): Promise<string> {
    const { namespace } = this;
    const fieldSelector = `involvedObject.name=${name},type=Warning`;
    const { items } = await patiently('list Events', () =>
      this.#pods.listNamespacedEvent({ namespace, fieldSelector }),
    );
    const last = items.at(-1);
    return last === undefined ? '' : `${last.reason ?? ''}: ${last.message ?? ''}`.slice(0, 500);
  }

  /** One that is there already is the one that was wanted: names say run, subject, twin and attempt. */
  async createJob(body: V1Job): Promise<void> {
    const { namespace } = this;
    await patiently('create a Job', () =>
      unless(
        409,
        this.#jobs.createNamespacedJob({ namespace, body }).then(() => null),
      ),
    );
  }

  async jobs(labels: Record<string, string>): Promise<V1Job[]> {
    const { namespace } = this;
    const labelSelector = selector(labels);
    return patiently('list Jobs', async () => {
      const { items } = await this.#jobs.listNamespacedJob({ namespace, labelSelector });
      return items;
    });
  }

  async pods(labels: Record<string, string>): Promise<V1Pod[]> {
    const { namespace } = this;
    const labelSelector = selector(labels);
    return patiently('list Pods', async () => {
      const { items } = await this.#pods.listNamespacedPod({ namespace, labelSelector });
      return items;
    });
  }

  /** With its pods, also such as are on a node that does not answer. */
  async deleteJob(name: string): Promise<void> {
    const { namespace } = this;
    await patiently('delete a Job', () =>
      unless(
        404,
        this.#jobs.deleteNamespacedJob({ namespace, name, propagationPolicy: 'Background' }).then(() => null),
      ),
    );
  }

  /** A pod that nothing answers for any more goes without its node being asked. */
  async deletePod(name: string, force = false): Promise<void> {
    const { namespace } = this;
    const grace = force ? { gracePeriodSeconds: 0 } : {};
    await patiently('delete a Pod', () =>
      unless(
        404,
        this.#pods.deleteNamespacedPod({ namespace, name, ...grace }).then(() => null),
      ),
    );
  }

  /** The end of a pod's log, or why there is none: its node may be gone. */
  async log(pod: string): Promise<string> {
    const { namespace } = this;
    try {
      const text = await this.#pods.readNamespacedPodLog({ namespace, name: pod, tailLines: 2000 });
      return text.slice(-LOG_LIMIT);
    } catch (cause) {
      return `no log: ${reasonOf(cause)}\n`;
    }
  }
}

function load(config: KubeConfig, { kubeconfig, context }: ClusterAccess): void {
  try {
    if (kubeconfig === null) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new TwinproofError('usage', `the kubeconfig cannot be read: ${reasonOf(cause)}`, {
      ...(kubeconfig === null ? {} : { where: kubeconfig }),
      hint: 'name one with --kubeconfig',
    });
  }
  if (context === null) return;
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new TwinproofError('usage', `there is no context ${context}`, {
      hint: `one of ${known.slice(0, 20).join(', ')}`,
    });
  }
  config.setCurrentContext(context);
}

const selector = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/** What the server refuses is told at once; that it does not answer, or cannot now, is waited out. */
async function patiently<T>(what: string, call: () => Promise<T>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await call();
    } catch (cause) {
      const code = codeOf(cause);
      const refused = code !== null && code < 500 && code !== 429;
      if (refused || Date.now() > end) {
        throw new TwinproofError('engine-unavailable', `the cluster does not ${what}: ${reasonOf(cause)}`, {
          hint: 'twinproof doctor --engine kubernetes shows what is missing',
          cause,
        });
      }
      await setTimeout(PAUSE);
    }
  }
}

async function unless(code: number, call: Promise<null>): Promise<null> {
  return call.catch((cause: unknown) => {
    if (codeOf(cause) === code) return null;
    throw cause;
  });
}

/** The status that the API server answered with; null where it did not. */
function codeOf(cause: unknown): number | null {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : null;
}

/** What the API server says (meta/v1 Status), or why it says nothing. */
function reasonOf(cause: unknown): string {
  const body = (cause as { body?: unknown } | null)?.body;
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    const message = (status as { message?: unknown } | null)?.message;
    if (typeof message === 'string') return message.slice(0, 500);
  } catch {
    // No Status.
  }
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
}
