import { Cluster } from './cluster.ts';
import { LABELS } from './job.ts';
import type { ClusterAccess } from './settings.ts';

export interface CleanedCluster {
  jobs: string[];
  pods: string[];
}

/** Removes the marked Jobs of a namespace and their pods, all or those of one run. Pods of nodes that are gone go as well. */
export async function cleanCluster(settings: ClusterAccess, run?: string): Promise<CleanedCluster> {
  const cluster = await Cluster.connect(settings);
  const labels = { [LABELS.mark]: 'true', ...(run === undefined ? {} : { [LABELS.run]: run.toLowerCase() }) };
  const namesOf = (items: { metadata?: { name?: string } }[]): string[] =>
    items.flatMap(({ metadata }) => metadata?.name ?? []);
  const jobs = namesOf(await cluster.jobs(labels));
  for (const name of jobs) await cluster.deleteJob(name);
  const pods = namesOf(await cluster.pods(labels));
  for (const name of pods) await cluster.deletePod(name, true);
  return { jobs, pods };
}
