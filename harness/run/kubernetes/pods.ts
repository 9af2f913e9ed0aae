import { setTimeout } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { LABELS } from '../../kubernetes/job.ts';

/** Milliseconds between two looks at the cluster, however many pods are waited for. */
const INTERVAL = 2000;

/** The pods of a run, looked at by one request for all. */
export class Pods {
  readonly #cluster: Cluster;
  readonly #run: string;
  #next: Promise<ReadonlyMap<string, V1Pod>> | null = null;
  /** When a pod of the run was last seen at work, in milliseconds. */
  workedAt = Date.now();

  constructor(cluster: Cluster, run: string) {
    this.#cluster = cluster;
    this.#run = run;
  }

  /** The next look: the newest pod of each Job, by its name. */
  next(): Promise<ReadonlyMap<string, V1Pod>> {
    this.#next ??= this.#look().finally(() => {
      this.#next = null;
    });
    return this.#next;
  }

  async #look(): Promise<ReadonlyMap<string, V1Pod>> {
    await setTimeout(INTERVAL);
    const pods = await this.#cluster.pods({ [LABELS.run]: this.#run });
    if (pods.some(({ status }) => status?.phase === 'Running')) this.workedAt = Date.now();
    const age = ({ metadata }: V1Pod): number => Number(metadata?.creationTimestamp ?? 0);
    const sorted = pods.toSorted((a, b) => age(a) - age(b));
    return new Map(sorted.map((pod) => [pod.metadata?.labels?.['batch.kubernetes.io/job-name'] ?? '', pod]));
  }
}
