import { setTimeout } from 'node:timers/promises';
import { Cluster } from './cluster.ts';
import { LABELS, buildJob, jobName } from './job.ts';
import { TRIAL_SCRIPT } from './pod-script.ts';
import { stateOf } from './pod-state.ts';
import { RULES, rbacManifest } from './rights.ts';
import type { TrialSettings } from './settings.ts';
import { errorLine } from '../errors.ts';

export interface ClusterFinding {
  what: string;
  ok: boolean;
  found: string;
  fix?: string;
}

/** Milliseconds for the small pod: its image may have to come first. */
const PATIENCE = 300_000;

/** What a run would need of a cluster, each tried: rights by asking for them, isolation by a small pod, which is removed. */
export async function examineCluster(settings: TrialSettings): Promise<ClusterFinding[]> {
  try {
    const cluster = await Cluster.connect(settings);
    const missing = await missingRights(cluster);
    const rights = {
      what: `rights in namespace ${cluster.namespace}`,
      ok: missing.length === 0,
      found: missing.length === 0 ? 'all that a run asks for' : `not allowed: ${missing.join(', ')}`,
      ...(missing.length === 0
        ? {}
        : { fix: `kubectl apply -f - <<'END'\n${rbacManifest(cluster.namespace)}END` }),
    };
    return missing.length === 0 ? [rights, await trial(cluster, settings)] : [rights];
  } catch (cause) {
    const fix = 'name a cluster with --kubeconfig and --context';
    return [{ what: 'cluster', ok: false, found: errorLine(cause), fix }];
  }
}

async function missingRights(cluster: Cluster): Promise<string[]> {
  const missing: string[] = [];
  for (const { apiGroups, resources, verbs } of RULES) {
    for (const verb of verbs) {
      const [group = '', resource = ''] = [apiGroups[0], resources[0]];
      if (!(await cluster.may(verb, group, resource))) missing.push(`${verb} ${resource}`);
    }
  }
  return missing;
}

async function trial(cluster: Cluster, settings: TrialSettings): Promise<ClusterFinding> {
  const build = {
    run: `doctor-${Date.now().toString(36)}`,
    ...{
      subject: 'doctor',
      twin: 'A',
      attempt: 1,
      notOn: null,
      memory: 256 * 1024 ** 2,
      time: PATIENCE / 1000,
    },
    architecture: 'amd64',
    variables: {},
    script: TRIAL_SCRIPT,
  };
  const name = jobName(build);
  const what = `isolation ${settings.isolation}`;
  await cluster.createJob(buildJob(build, settings));
  try {
    const end = Date.now() + PATIENCE;
    let waits = '';
    while (Date.now() < end) {
      await setTimeout(1000);
      const [pod] = await cluster.pods({ [LABELS.run]: build.run });
      if (pod === undefined) {
        waits = (await cluster.said(name)) || 'the Job has no pod';
        if (/forbidden|violates/i.test(waits)) break;
        continue;
      }
      const state = stateOf(pod);
      if (state.is === 'succeeded') return { what, ok: true, found: `${state.said} on ${state.node}` };
      if (state.is === 'failed') {
        const log = (await cluster.log(pod.metadata?.name ?? '')).trimEnd().split('\n').slice(-5).join('; ');
        return {
          what,
          ok: false,
          found: `${state.reason}: ${state.message}: ${log}`,
          fix: FIX[settings.isolation],
        };
      }
      waits =
        state.is === 'running'
          ? 'it runs'
          : (state.image ?? state.unschedulable ?? (await cluster.said(pod.metadata?.name ?? '')));
    }
    return { what, ok: false, found: `the pod did not get so far: ${waits}`, fix: FIX[settings.isolation] };
  } finally {
    await cluster.deleteJob(name);
  }
}

const FIX = {
  'user-namespace':
    'nodes need Linux 6.3, containerd 2 with runc 1.2 or CRI-O 1.25 (hostUsers: false), the namespace the Pod Security level ' +
    'privileged; or use --isolation privileged where that is allowed',
  privileged:
    'the namespace needs the Pod Security level privileged, and no policy may forbid privileged pods',
} as const;
