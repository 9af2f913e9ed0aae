import type { LockKind } from '../lock/types.ts';
import type { Platform } from '../model/platform.ts';

/** A place in a catalog file, for complaints. Line and column count from 1. */
export interface CatalogPlace {
  file: string;
  line: number;
  column: number;
}

/** How a subject is built. Paths are absolute and inside the catalog's root. */
export type Recipe =
  | {
      kind: 'containerfile';
      containerfile: string;
      context: string;
      buildArgs: Record<string, string>;
      target?: string;
      /** Images that it names by a floating tag are resolved at the start of a run. */
      resolve?: boolean;
      /** Images from outside, to be taken for such that it names by a floating tag. */
      pins?: ImagePin[];
      /** `rewrite`: buildah sets every time to the source date epoch; `keep`: times stay as the build made them. */
      timestamps: 'rewrite' | 'keep';
      /** `omit`: the image tells nothing of how its layers were made (buildah's `--omit-history`). */
      history: 'keep' | 'omit';
      /** Set from outside, over those of the Containerfile; absent where there are none. */
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
      /** All layers become one. */
      squash?: boolean;
      /** False: without the labels of the image that the last stage begins with. */
      inheritLabels?: boolean;
      /** True: also stages that the last one does not need. */
      unusedStages?: boolean;
      /** `nested`: RUN may make namespaces and mounts of its own, as Konflux' PRIVILEGED_NESTED lets it. */
      privileges: 'default' | 'nested';
    }
  | { kind: 'command'; command: string[]; context: string; environment: Record<string, string> };

/** What one twin may use. Sizes in bytes, time in seconds. */
export interface Limits {
  memory: number;
  processes: number;
  time: number;
  scratch: number;
  log: number;
}

/** Dependencies that Hermeto fetched and left in a folder (`hermeto fetch-deps`); builds only read it. */
export interface Prefetch {
  /** Absolute, for `/cachi2/output`. */
  output: string;
  /** Absolute, for `/cachi2/cachi2.env` (`hermeto generate-env`); null where there is none. */
  environment: string | null;
}

/** An image to be taken for one that a recipe names by a floating tag; without a name, for every floating builder. */
export interface ImagePin {
  /** As it is written in FROM, with or without its tag. */
  name: string | null;
  /** `name@sha256:<hex>`, or `sha256:<hex>` of an image that the engine has. */
  image: string;
}

/** The image that the builds run in; `given` is the one from outside that is taken for the reference. */
export type BuilderSpec =
  | { kind: 'image'; reference: string; resolve: boolean; given?: string; place: CatalogPlace | null }
  | { kind: 'definition'; path: string; place: CatalogPlace | null };

/** `made: false` is a claim the catalog says it does not make; the cell is then `skipped` with the reason. */
export type ClaimRequest = MadeClaim | { made: false; reason: string };

/** Beside `made`, the claim's own options, which are checked against its schema. */
export interface MadeClaim {
  made: true;
  [option: string]: unknown;
}

/** Absolute paths of files and folders, by claim and then by option. */
export type ClaimFiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How it is shown that an image really runs. */
export interface Smoke {
  /** Overrides the image's entrypoint and command; the answer is looked for in its standard output. */
  run?: string[];
  /** Leaves the image's own command running and asks it. */
  service?: {
    /** Asks `http://127.0.0.1:<port><path>` from a container that shares the network of the image's. */
    http?: { port: number; path: string };
    /** Runs a command inside the image's own container until it answers. */
    exec?: string[];
  };
  /** Text that the answer must contain. */
  expect: string;
  /** Seconds until no answer is a failure. */
  timeout: number;
  environment: Record<string, string>;
  /** Folders that get a writable scratch file system; the root is mounted read-only. */
  writable: string[];
}

/** A failure that is known and allowed for a time; docs/exemptions.md. */
export interface Exemption {
  claim: string;
  /** What it covers: paths that match the glob, or differences of this cause; without either all of a claim that has no paths. */
  path?: string;
  cause?: string;
  reason: string;
  owner: string;
  /** Last day on which it holds, `YYYY-MM-DD`, in UTC. */
  expires: string;
}

export interface Subject {
  /** `image/variant@os/arch`, unique in a catalog. */
  id: string;
  image: string;
  variant: string;
  platform: Platform;
  recipe: Recipe;
  lock: { path: string; kind: LockKind } | null;
  /** What Hermeto fetched for it; absent where nothing is needed but the lock. */
  prefetch?: Prefetch;
  /** What the checkout asks for that is not there: its cells are errors that say so. */
  missing?: { place: CatalogPlace; text: string; hint: string };
  /** Files that say how it is built, besides the recipe's own; absent in a catalog file. */
  definedIn?: string[];
  builder: BuilderSpec;
  claims: Record<string, ClaimRequest>;
  /** Where what options of claims name lies; absent where none names anything. */
  claimFiles?: ClaimFiles;
  /** Absent where there are none. */
  exemptions?: Exemption[];
  /** Seconds since 1970, handed to the build as SOURCE_DATE_EPOCH. */
  sourceDateEpoch: number;
  limits: Limits;
  smoke: Smoke | null;
  place: CatalogPlace | null;
}

/** Where else to look for what a lock names: every URL that starts with `url` is also tried under each mirror. */
export interface Origin {
  url: string;
  mirrors: string[];
}

/** Packages that are not downloaded but built, in the builder, from sources next to the catalog. */
export interface BuiltPackages {
  /** URL prefix under which locks name them. */
  url: string;
  /** Folder, absolute, mounted read-only as `/source`. */
  source: string;
  /** Command, run in the builder without network; leaves its packages in `/output`. */
  command: string[];
}

export interface Catalog {
  name: string;
  /** The file it was read from; null when it was discovered from a folder layout. */
  file: string | null;
  /** Absolute; nothing that the catalog names may lie outside. */
  root: string;
  subjects: Subject[];
  origins: Origin[];
  builtPackages: BuiltPackages[];
  /** Files with claims of the user's own, absolute; absent when it names none. */
  suites?: string[];
  /** What to do when a locked package is in no origin any more. */
  whenGone: 'error' | 'refresh';
}
