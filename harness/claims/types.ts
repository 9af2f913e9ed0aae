import type { Subject } from '../catalog/types.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/port.ts';
import type { NamedLock } from '../lock/types.ts';
import type { OciImage } from '../oci/types.ts';
import type { CellError, Evidence } from '../record/events.ts';
import type { UnderTest } from '../boot/system/under-test.ts';
import type { EvidenceStore } from '../record/evidence.ts';
import type { ReadyBuilder, StagedInputs, TwinBuild } from '../rebuild/types.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type Detail = Record<string, Json>;

/** What a claim found. `fail` is a value; what could not be decided carries its error. */
export type Finding = { summary: string; fix?: string; detail: Detail; evidence: Evidence[] } & (
  { verdict: 'pass' | 'fail' | 'skipped' | 'waived' } | { verdict: 'error'; error: CellError }
);

/** One thing for which a claim fails, as far as exemptions can cover it by itself. */
export interface Failure {
  /** A path, or a JSON pointer with the name of its document before it; empty for what nothing may cover. */
  place: string;
  /** Ids of its causes. */
  causes: string[];
}

/** What an image was built from. */
export interface LockedInputs {
  lock: NamedLock;
  /** OCI name. */
  architecture: string;
  /** Its files, laid out as Hermeto does, as they were checked and given to the builds. */
  folder: string;
}

/** What a claim about a running operating system looks at. */
export interface SystemContext {
  evidence: EvidenceStore;
  /** Puts the image on a disk and starts it, once for all claims; ended by the caller of the claim. */
  system: () => Promise<UnderTest>;
  /** Null for an image that was not built here, or without a lock. */
  locked: LockedInputs | null;
  /** How often the power is cut, and the number that decides when. */
  powerCuts: { count: number; seed: number };
  /** What is being done now, for people who wait. */
  onStep: (step: string) => void;
  /** What is asked of the claim beyond its name, as it was given; the claim reads it with `givenOptions`. */
  options: Readonly<Record<string, unknown>>;
}

/** Everything a claim may look at. */
export interface ClaimContext extends SystemContext {
  subject: Subject;
  engine: Engine;
  owner: Owner;
  builder: Pick<ReadyBuilder, 'name' | 'digest'>;
  /** The builder in the engine here, for what is to be run. */
  builderImage: () => Promise<string>;
  inputs: StagedInputs;
  lock: NamedLock | null;
  builds: TwinBuild[];
  /** Evidence that every claim of the subject rests on: the build logs. */
  buildEvidence: Evidence[];
  /** Opens the image that a twin left; closed by the caller of the claim. */
  image: (build: TwinBuild) => Promise<OciImage>;
}

/** One thing that can be claimed of a subject, and what checks it. */
export interface Claim extends ClaimDeclaration {
  /** With `failures` where a failure has parts. */
  check: (context: ClaimContext) => Promise<Finding & { failures?: Failure[] }>;
}

/** What a machine is put through, for people. */
export const SCENARIOS = {
  start: 'one start',
  restart: 'another one',
  update: 'next and older releases, and the rollback',
  'disk-full': 'an update without room',
  'failed-update': 'releases that do not come up',
  'power-cut': 'power cuts in an update',
} as const;
export type Scenario = keyof typeof SCENARIOS;

/** What must be on a disk beside the system: the next release, some that do not come up, one that is older. */
export type Release = 'next' | 'broken' | 'older';

/** A claim that only looks at the running system, and so can be checked on an image that was not built here. */
export interface SystemClaim extends Claim {
  /** In which it is decided. */
  scenario: Scenario;
  /** Releases that it looks at beside the one that runs. */
  releases?: readonly Release[];
  /** It looks at machines of its own only, and so can be checked beside the others. */
  ownVm?: true;
  check: (context: SystemContext) => Promise<Finding>;
}
