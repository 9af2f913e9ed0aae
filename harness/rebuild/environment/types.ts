import type { BuildahOption } from '../buildah-options.ts';
import type { Variation } from '../../model/variations.ts';

/** One variation of one twin's environment. */
export interface AppliedVariation {
  variation: Variation;
  /** What it was set to, for people and for repeating it. */
  value: string;
  /** Texts that stand nowhere else: one of them in an image means that the variation leaked into it. */
  markers: string[];
  /** Why it could not be applied on this machine; absent when it was. */
  notApplied?: string;
}

/** In what a twin was built. Variations that are not listed were as they always are. */
export interface Environment {
  /** `A`, `B` … */
  twin: string;
  variations: AppliedVariation[];
}

/** What the engine and the builder allow; see `probe.ts`. */
export interface BuildHost {
  /** CPUs that builds may run on. */
  cpus: number[];
  /** Why RUN instructions cannot be given an environment of their own; null when they can. */
  noRuntime: string | null;
  /** Whether address space randomisation can be switched off (personality, ADDR_NO_RANDOMIZE). */
  fixedAddresses: boolean;
  /** What `uname -r` says here, and under `setarch --uname-2.6`; null where that is refused. */
  kernel: string;
  oldKernel: string | null;
  /** Where libfaketime lies in the builder; null when it is not there. */
  faketime: string | null;
  /** Whether disorderfs can be mounted. */
  disorder: boolean;
  /** Containers are not held to their limit of memory: a rootless podman cannot do that with cgroup v1. */
  unlimitedMemory?: boolean;
  /** Builds are in a user namespace that maps some groups only, as those of a rootless podman are. */
  fewGroups?: boolean;
  /** Folder of this host with generated locales, and the variable part of their names. */
  locales: { folder: string; names: string[] } | null;
  /** Options that the builder's buildah has; empty without one. */
  buildah: BuildahOption[];
}

/** One twin, as far as it decides what its variations are set to. */
export interface TwinPlace {
  name: string;
  /** 0 for the first. */
  index: number;
  seed: number;
  machine: BuildHost;
  recipe: 'containerfile' | 'command';
  /** Bytes that the build's container may use when memory is not varied. */
  memory: number;
}

/** What is set for one twin's build. `USUAL_SETTINGS` has what is set when nothing is varied. */
export interface Settings {
  /** Whether RUN instructions go through our runtime; otherwise buildah's chroot isolation runs them. */
  runtime: boolean;
  buildah: BuildahOption[];
  hostname: string;
  /** CPU list as taskset reads it; null for all. */
  cpus: string | null;
  /** Bytes more than the subject's limits. */
  extraMemory: number;
  umask: number | null;
  /** Variables of RUN instructions, or of the command; what the recipe sets itself stays. */
  variables: Record<string, string>;
  /** Last entry of PATH. */
  pathEntry: string | null;
  /** Name of the home and temporary folders. */
  home: string | null;
  temporary: string | null;
  /** Supplementary groups. */
  groups: number[];
  /** Options of setarch(8). */
  personality: string[];
  /** Seconds that the clock is ahead, with the library that makes it so. */
  clock: { library: string; ahead: number } | null;
  /** The locale that LC_ALL names, in a folder of this host. */
  locale: { folder: string; name: string } | null;
  reversedDirectories: boolean;
  /** Folder in which sources and scratch space lie: empty, or a path that starts with a slash. */
  root: string;
  /** Seconds after the first twin at which it starts. */
  delay: number;
}

/** What an variation does to a twin, or why it cannot. */
export type VariationChoice =
  { value: string; markers: string[]; settings: Partial<Settings> } | { notApplied: string };

export type VariationSpec = (twin: TwinPlace) => VariationChoice;

/** What a twin is built in: for the record, and for the build. */
export interface TwinEnvironment {
  record: Environment;
  settings: Settings;
}
