import { join, relative } from 'node:path';
import { Cluster } from '../../kubernetes/cluster.ts';
import { type BuildAttempt, jobName } from '../../kubernetes/job.ts';
import type { ClusterSettings } from '../../kubernetes/settings.ts';
import { TwinproofError } from '../../errors.ts';
import { containerMemory } from '../../rebuild/twin.ts';
import type { TwinBuild } from '../../rebuild/types.ts';
import type { CellError } from '../../record/events.ts';
import type { Task } from '../../record/job.ts';
import { pullJob } from '../jobs/carry.ts';
import { readTwins, takeTwin } from '../jobs/take-twin.ts';
import { twinsOf } from '../jobs/task.ts';
import type { Message } from '../messages.ts';
import { type Prepared, keyOf } from '../prepare-subject.ts';
import type { Session } from '../session.ts';
import type { TwinSource } from '../subject-run.ts';
import { Pods } from './pods.ts';
import { type Accepted, Places } from './places.ts';
import { buildApart } from './build-apart.ts';
import { inScratch } from '../with-subject.ts';
import { Uploads } from './uploads.ts';

/** Seconds that a pod has beside those of its build: to get its image and files, and to push what it made. */
const OWN_TIME = 1800;

type Send = (message: Message) => void;

/** The twins of a run, built in a cluster: each in a Job of its own. */
export class ClusterTwins {
  readonly #session: Session;
  readonly #settings: ClusterSettings;
  readonly #run: string;
  readonly #uploads: Uploads;
  #cluster: Promise<{ cluster: Cluster; pods: Pods }> | null = null;

  constructor(session: Session, settings: ClusterSettings) {
    this.#session = session;
    this.#settings = settings;
    this.#run = session.input.owner.run.toLowerCase();
    this.#uploads = new Uploads(session, settings, this.#run);
  }

  /** The key is known once it is known what varied there: that depends on the pods. */
  readonly source: TwinSource = (session, work, use) =>
    inScratch(session, work, (prepared) =>
      use({
        known: prepared,
        key: null,
        keyOf: (builds) =>
          keyOf(
            session,
            prepared,
            builds.map(({ twin, environment }) => ({ record: { twin, variations: environment } })),
          ),
        builds: () => this.#build(prepared, work.send),
      }),
    );

  async #build(prepared: Prepared, send: Send): Promise<TwinBuild[]> {
    const { subject } = prepared;
    const step = (text: string): void => send({ type: 'step', subject: subject.id, step: text });
    step('sending to the registry');
    const { task, name } = await this.#uploads.prepared(prepared);
    const variables = {
      PREPARED: name,
      SOURCE: await this.#uploads.source(),
      BUILDER: await this.#uploads.builder(prepared),
      CATALOG: this.#catalogInPod(),
      OPTIONS: this.#session.input.catalogWords?.join(' ') ?? '',
      TLS_VERIFY: String(this.#settings.tlsVerify),
    };
    this.#cluster ??= Cluster.connect(this.#settings).then((cluster) => ({
      cluster,
      pods: new Pods(cluster, this.#run),
    }));
    const { cluster, pods } = await this.#cluster;
    const attempts = (twin: string, attempt: number, notOn: string[] | null): BuildAttempt => {
      const made = {
        ...{ run: this.#run, subject: subject.id, twin, attempt, notOn },
        architecture: subject.platform.architecture,
        memory: containerMemory(subject),
        time: subject.limits.time + OWN_TIME,
      };
      const result = `${this.#settings.repository}:${jobName({ ...made, variables: {} })}`;
      return { ...made, variables: { ...variables, TWIN: twin, RESULT: result } };
    };
    const places = new Places(this.#settings.placement);
    const { evidence } = this.#session;
    const work = { cluster, pods, settings: this.#settings, places, attempts, send, subject, evidence };
    try {
      const accepted = await buildApart(twinsOf(task), work);
      step('taking the twins from the registry');
      return await this.#take(task, prepared, accepted).catch((cause: unknown) => {
        throw asPodFailure(cause);
      });
    } finally {
      for (const each of places.jobs) await cluster.deleteJob(each);
    }
  }

  async #take(task: Task, prepared: Prepared, accepted: readonly Accepted[]): Promise<TwinBuild[]> {
    const { tlsVerify, authFile } = this.#settings;
    const options = { tlsVerify, ...(authFile === null ? {} : { authFile }) };
    const folders: string[] = [];
    for (const { twin, name } of accepted) {
      const folder = join(prepared.scratch, 'cluster', twin);
      await pullJob(name, folder, options);
      folders.push(folder);
    }
    const builds: TwinBuild[] = [];
    for (const left of await readTwins(task, folders, new Map())) {
      const { build, error, twin } = left.record;
      if (error !== undefined) throw asError(error);
      if (build === null) continue;
      requireNode(twin, build.host.node, accepted);
      builds.push(await takeTwin(left, build, prepared.subject));
    }
    return builds;
  }

  #catalogInPod(): string {
    const { file, root } = this.#session.input.catalog;
    return file === null ? '.' : relative(root, file);
  }
}

/** What a pod says of its node must be what the API server says. */
function requireNode(twin: string, node: string | undefined, accepted: readonly Accepted[]): void {
  const placed = accepted.find((each) => each.twin === twin)?.node;
  if (node === placed) return;
  throw new TwinproofError(
    'pod-failed',
    `twin ${twin} says that it was built on ${node ?? 'no node'}, and its pod was on ${placed ?? 'none'}`,
  );
}

/** What a pod left that cannot be believed is that pod's failure, and says nothing of the run. */
function asPodFailure(cause: unknown): unknown {
  if (!(cause instanceof TwinproofError) || cause.code !== 'record-invalid') return cause;
  return new TwinproofError('pod-failed', `what a pod left is not valid: ${cause.message}`, { cause });
}

const asError = ({ code, message, hint }: CellError): TwinproofError =>
  new TwinproofError(code, message, hint === undefined ? {} : { hint });
