import type { Owner } from './owner.ts';

/**
 * What a place that runs containers must be able to do. Each adapter has a folder of its own beside this file, and is
 * held to suites/tests/engines/contract.ts. Every call throws TwinproofError `engine-unavailable` when the engine does not do it.
 */
export interface Engine {
  /** `Docker Engine` or `Podman`. */
  name: string;
  version: string;
  architecture: string;
  cpus: number;
  /** Bytes. */
  memory: number;
  /** Starts a container and its sidecars. It carries the owner's mark, and never pulls its image. */
  run: (owner: Owner, spec: ContainerSpec) => Promise<RunningContainer>;
  /** Marked containers, running or not. */
  list: () => Promise<MarkedContainer[]>;
  /** Kills and removes a container; one that is gone already is what was wanted. */
  remove: (id: string) => Promise<void>;
  images: Images;
  volumes: Volumes;
}

/** Where content lies: a file or folder of this host, or a volume of the engine. */
export type Source = string | { volume: string };

/** Content that a container reads and cannot change. */
export interface Input {
  from: Source;
  at: string;
}

/** A place that a container writes to, which outlives it. */
export interface Output {
  to: Source;
  at: string;
}

/** A folder in memory, empty at first, which goes with the container. */
export interface Scratch {
  /** Bytes; without, what the engine gives. */
  size?: number;
  executable?: boolean;
  /** Device nodes and set-user-ID programs in it work. */
  privileged?: boolean;
  /** Everybody may write, as in /tmp (mode 1777). */
  shared?: boolean;
}

/** What a sidecar may have. Nothing else is granted: no network, no capabilities, a read-only root. */
export interface SidecarSpec {
  image: string;
  /** The main process. It ends by itself, so that nothing is left when the harness is killed. */
  command: string[];
  /** Keeps the image's own entrypoint; otherwise it is cleared. */
  keepEntrypoint?: boolean;
  user?: string;
  environment?: Record<string, string>;
  inputs?: Input[];
  outputs?: Output[];
  /** By folder. */
  scratch?: Record<string, Scratch>;
  /** Memory in bytes, and the number of processes. */
  limits: { memory: number; processes: number };
  /** Linux capabilities (capabilities(7), without `CAP_`); none without. */
  capabilities?: string[];
  /** Keeps the container after its main process ended, so that its output and exit code can be asked for. */
  keepAfterExit?: boolean;
}

export interface ContainerSpec extends SidecarSpec {
  hostname?: string;
  /** Devices of the host, under the same path inside. */
  devices?: string[];
  /** The system calls that are allowed: a seccomp profile in JSON; the engine's own without. */
  seccomp?: string;
  /** AppArmor does not confine it: its profile for containers forbids mounts, which a capability may grant. */
  unconfined?: boolean;
  /** Shows all of /proc, writable: only for containers whose own programs run as nobody's root. */
  wholeProc?: boolean;
  /** Where names are asked for: its own loopback. */
  resolver?: '127.0.0.1';
  /** Containers that share its network, which is a loopback of its own, and nothing else. They end with it. */
  sidecars?: Record<string, SidecarSpec>;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A started container; leaving its scope kills and removes it, with its sidecars. */
export interface RunningContainer extends AsyncDisposable {
  id: string;
  exec: (command: string[], options?: { user?: string }) => Promise<ExecResult>;
  /** Waits for the main process to end; needs `keepAfterExit`. Null when it did not end in time (milliseconds). */
  wait: (timeout: number) => Promise<{ exitCode: number } | null>;
  running: () => Promise<boolean>;
  /** What the main process has written so far: standard output and standard error, the last 64 KiB or so. */
  output: () => Promise<string>;
  /** One of its sidecars by name. */
  sidecar: (name: string) => Omit<RunningContainer, 'sidecar'>;
}

export interface MarkedContainer {
  id: string;
  owner: Owner;
}

export interface Images {
  /** An image by name or ID, or null. */
  find: (name: string) => Promise<EngineImage | null>;
  /** @throws TwinproofError `input-unavailable`: why it could not be pulled */
  pull: (reference: string) => Promise<void>;
  /** Loads a docker-archive (docker save format) under the names it holds. */
  load: (archive: AsyncIterable<Uint8Array>) => Promise<void>;
  /**
   * A tar archive like that of `docker save`.
   * @throws TwinproofError `input-unavailable` when there is no such image
   */
  export: (name: string) => Promise<AsyncIterable<Uint8Array>>;
  /** Names with tags of a repository's images. */
  list: (repository: string) => Promise<string[]>;
  /** Removes a name, and the image when that was its last; a name that is gone already is what was wanted. */
  remove: (name: string) => Promise<void>;
}

export interface EngineImage {
  id: string;
  /** Which digest the ID is: that of the image's config, or that of a manifest (an engine that keeps images in containerd). */
  idOf: 'config' | 'manifest';
  /** Of its manifest where the engine knows it, otherwise the ID. */
  digest: string;
  architecture: string;
  diffIds: string[];
}

/** Storage that the engine keeps between containers, each with the harness's mark. */
export interface Volumes {
  /** When it was made, in the engine's words; null when there is none. */
  made: (name: string) => Promise<string | null>;
  create: (name: string) => Promise<void>;
  /** Names of those with the mark. */
  list: () => Promise<string[]>;
  remove: (name: string) => Promise<void>;
}

/**
 * A main process that does nothing for so many seconds. The shell takes in orphans as it waits, which a bare `sleep`
 * as process 1 would leave as zombies, and no engine's own init is needed (podman may lack it).
 */
export const idle = (seconds: number): string[] => ['sh', '-c', `sleep ${seconds} & wait`];
