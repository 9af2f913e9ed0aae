import { type Command, Option } from 'commander';
import { TwinproofError } from '../errors.ts';
import {
  type ClusterAccess,
  type ClusterSettings,
  ISOLATIONS,
  type Isolation,
  PLACEMENTS,
  type Placement,
  type TrialSettings,
} from '../kubernetes/settings.ts';
import { type RegistryFlags, withRegistryOptions } from './image-options.ts';
import { wholeNumber } from './options.ts';

export interface ClusterFlags {
  engine?: 'kubernetes';
  kubeconfig?: string;
  context?: string;
  namespace?: string;
}

export interface ClusterTrialFlags extends ClusterFlags {
  runnerImage: string;
  registrySecret?: string;
  isolation: Isolation;
}

export interface ClusterRunFlags extends ClusterTrialFlags, RegistryFlags {
  registry?: string;
  placement: Placement;
  placementDeadline: number;
}

/** The options of every command that looks into a cluster. */
export const addClusterOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--engine <which>', 'in place of the container engine of this machine').choices([
        'kubernetes',
      ]),
    )
    .option('--kubeconfig <path>', 'in place of KUBECONFIG, ~/.kube/config or the service account of a pod')
    .option('--context <name>', 'of the kubeconfig, in place of the current one')
    .option('--namespace <name>', 'in place of that of the context');

/** Image that pods run unless another is named. */
export const RUNNER_IMAGE = 'registry.example/twinproof-runner';
/** Seconds: cluster autoscalers take minutes. */
const DEADLINE = 600;

/** And of those that start pods there. */
export const addClusterTrialOptions = (command: Command): Command =>
  addClusterOptions(command)
    .option('--runner-image <image>', 'of the pods, with Node, podman and this command in it', RUNNER_IMAGE)
    .option('--registry-secret <name>', 'secret with which pods log in to registries')
    .addOption(
      new Option('--isolation <how>', 'what pods are given to build in')
        .choices(ISOLATIONS)
        .default('user-namespace'),
    );

/** And of those that build there. */
export const addClusterRunOptions = (command: Command): Command =>
  withRegistryOptions(addClusterTrialOptions(command))
    .option('--registry <host/repository>', 'where what goes to and from pods is stored')
    .addOption(
      new Option('--placement <where>', 'whether twins may share a node')
        .choices(PLACEMENTS)
        .default('apart'),
    )
    .option(
      '--placement-deadline <seconds>',
      'how long a pod may find no node while no other of the run works',
      wholeNumber(1, 86_400),
      DEADLINE,
    );

/** Null where this machine's engine is meant. @throws TwinproofError usage */
export function clusterSettings(flags: ClusterRunFlags): ClusterSettings | null {
  if (flags.engine === undefined) return null;
  if (flags.registry === undefined) {
    throw new TwinproofError('usage', '--engine kubernetes needs --registry', {
      hint: 'name a HOST/REPOSITORY that this machine and the pods can push to',
    });
  }
  if (!/^[\w.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(flags.registry)) {
    throw new TwinproofError('usage', `--registry ${JSON.stringify(flags.registry)} is no HOST/REPOSITORY`);
  }
  return {
    ...clusterTrial(flags),
    repository: flags.registry,
    tlsVerify: flags.tlsVerify,
    authFile: flags.authfile ?? null,
    placement: flags.placement,
    deadline: flags.placementDeadline,
  };
}

export const clusterTrial = (flags: ClusterTrialFlags): TrialSettings => ({
  ...clusterAccess(flags),
  image: flags.runnerImage,
  registrySecret: flags.registrySecret ?? null,
  isolation: flags.isolation,
});

export const clusterAccess = ({ kubeconfig, context, namespace }: ClusterFlags): ClusterAccess => ({
  kubeconfig: kubeconfig ?? null,
  context: context ?? null,
  namespace: namespace ?? null,
});
