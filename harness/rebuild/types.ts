import type { Subject } from '../catalog/types.ts';
import type { CellError } from '../record/events.ts';
import type { Host } from '../record/host.ts';
import type { BuildNetwork, Refused } from './network/types.ts';
import type { AppliedVariation, TwinEnvironment } from './environment/types.ts';

/** The image that builds run in, ready to use. */
export interface ReadyBuilder {
  /** What a Containerfile calls it in `FROM`. */
  name: string;
  /** Digest that pins it, `sha256:<hex>`. */
  digest: string;
  /** What the engine calls it. */
  image: string;
  /** Of the machines that it runs on; OCI's name. */
  architecture: string;
  /** Engine volume with a containers-storage that holds it, mounted read-only into every build; null when it has no buildah. */
  store: string;
}

/** An image that a Containerfile takes from outside, ready to use. */
export interface ReadyBase {
  /** As the Containerfile writes it. */
  written: string;
  /** Under which it is in its store. */
  name: string;
  /** `sha256:<hex>`. */
  digest: string;
  /** Engine volume, as the builder's. */
  store: string;
  /** A stage begins with it and has no instruction of its own. */
  bare: boolean;
}

export type TwinName = string;

/** What a subject's builds may read, the same for all of them. */
export interface StagedInputs {
  /** Folder laid out as Hermeto does: `deb/<arch>/<repoid>/<file>`, `rpm/<arch>/<repoid>/<file>`; null without a lock. */
  folder: string | null;
  files: number;
  bytes: number;
  /** Those that no checksum proves, and why. */
  unverified: { file: string; why: string }[];
  /** Of how many the lock does not say the size. */
  unsized: number;
}

export interface TwinRequest {
  subject: Subject;
  twin: TwinName;
  builder: ReadyBuilder;
  bases: ReadyBase[];
  inputs: StagedInputs;
  network: BuildNetwork;
  /** See `Given` of buildah.ts; null for a command. */
  unnamedStages: string[] | null;
  /** Scratch folder of this twin alone. */
  folder: string;
  environment: TwinEnvironment;
}

export interface TwinBuild {
  twin: TwinName;
  /** What it was built in. */
  environment: AppliedVariation[];
  host: Host;
  started: Date;
  seconds: number;
  /** The image that it left, as `openImage` takes it, with its digest where another job built it; or why there is none. */
  outcome: { built: true; image: string; manifest?: string } | { built: false; error: CellError };
  networkAttempts: number;
  /** What of it can be named. */
  refused: Refused[];
  /** File with the build's output; null when it did not get that far. */
  log: string | null;
  logDropped: number;
}
