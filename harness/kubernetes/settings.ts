/** How a cluster is reached; plain data. */
export interface ClusterAccess {
  /** File; null for KUBECONFIG, ~/.kube/config or, in a pod, the service account. */
  kubeconfig: string | null;
  /** Null for the current one. */
  context: string | null;
  /** Null for that of the context. */
  namespace: string | null;
}

/** What a pod is started with. */
export interface TrialSettings extends ClusterAccess {
  /** Image of the pods, with Node, podman and this command. */
  image: string;
  /** Secret of type kubernetes.io/dockerconfigjson; null where the registry asks for nothing. */
  registrySecret: string | null;
  /** `user-namespace`: no pod is privileged. */
  isolation: Isolation;
}

/** What a run builds with. */
export interface ClusterSettings extends TrialSettings {
  /** `HOST/REPOSITORY`, which this machine and the pods reach under one name: for what goes from job to job. */
  repository: string;
  /** False: any certificate, and plain HTTP. */
  tlsVerify: boolean;
  /** Credentials of this machine; null for the usual files. */
  authFile: string | null;
  /** `apart`: no two twins of a subject on one node. */
  placement: Placement;
  /** Seconds that a pod may find no node while no other pod of the run works. */
  deadline: number;
}

export const PLACEMENTS = ['apart', 'same-host'] as const;
export type Placement = (typeof PLACEMENTS)[number];

export const ISOLATIONS = ['user-namespace', 'privileged'] as const;
export type Isolation = (typeof ISOLATIONS)[number];
