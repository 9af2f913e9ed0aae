import type { Subject } from '../../catalog/types.ts';
import type { CellErrorCode } from '../../errors.ts';
import type { ReachedRung } from '../../model/rungs.ts';

/** What a rebuild lacks; the codes are those of errors (docs/model.md) where there is one. */
export interface Lack {
  code: 'recipe-incomplete' | 'builder-unresolved' | 'source-unavailable' | 'unsupported';
  what: string;
}

/** An image that a rebuild starts from, by digest. */
export interface NeededImage {
  /** `name@sha256:…`. */
  reference: string;
  /** What the Containerfile calls it; null for the image that the build runs in. */
  written: string | null;
}

/** What the build task of Konflux may have added to what the recipe says. */
export interface Injections {
  /** Files in the image. */
  files: boolean;
  /** What Hermeto fetched, which RUN instructions then read of. */
  prefetched: boolean;
}

/** All that a rebuild is made of, before anything was fetched. */
export interface Plan {
  /** Its builder and images are not in the engine yet. */
  subject: Subject;
  images: NeededImage[];
  injections: Injections;
  /** What of the recipe is the auditor's choice, or the published image's own word, for people. */
  notes: string[];
}

/** One image compared with another. */
export interface Compared {
  equal: boolean;
  /** The strongest at which they are equal. */
  rung: ReachedRung;
  /** What differs and why, a line each. */
  why: string[];
}

export interface Twin {
  name: string;
  manifest: string;
  /** The image ID. */
  config: string;
}

export interface Built {
  kind: 'built';
  twins: Twin[];
  /** The twins with each other. */
  self: Compared;
  /** The twin that comes nearest with what was published. */
  published: Compared & { twin: string };
  network: Network;
  notes: string[];
}

export interface Network {
  /** Of all builds to reach one. */
  attempts: number;
  /** What they asked for. */
  refused: string[];
  /** Files that no checksum proves. */
  unverified: string[];
}

/** What became of the rebuild of one platform. */
export type Outcome =
  | Built
  | { kind: 'failed'; twin: string; message: string; network: Network }
  | { kind: 'lacking'; lacks: Lack[] }
  | { kind: 'rests-on'; why: string }
  | { kind: 'error'; code: CellErrorCode; message: string };

export interface Rebuild {
  platform: string;
  /** Of the published manifest. */
  digest: string;
  outcome: Outcome;
}
