import type { AppliedVariation } from '../rebuild/environment/types.ts';
import type { FlakeRate } from '../claims/flake-rate.ts';
import type { CauseGroup } from '../explain/group.ts';
import type { Variation } from '../model/variations.ts';

/** One build: in what it was made to differ from the first, and whether it did. */
export interface BisectBuild {
  name: string;
  variations: Variation[];
  /** Digest of the image config; null when the build failed. */
  config: string | null;
  differs: boolean;
  seconds: number;
}

/** twinproof/bisect/v2 */
export interface BisectResult {
  schema: 'twinproof/bisect/v2';
  subject: string;
  source: string;
  builder: string;
  seed: number;
  harness: string;
  rung: string;
  /** Variations that were tried, and those that could not be. */
  variations: Variation[];
  notApplied: { variation: Variation; reason: string }[];
  builds: BisectBuild[];
  control: FlakeRate;
  /** `itself`: builds with nothing varied differ; `none`: no variation makes it differ; `variations`: these do, together. */
  verdict: 'itself' | 'none' | 'variations';
  cause: {
    confidence: 'proven';
    variations: AppliedVariation[];
    /** Names of two builds that differ, and whose environments differ in nothing but the last variation. */
    differing: string;
    equal: string;
    paths: string[];
    /** Why they differ, by cause. */
    causes: CauseGroup[];
    /** What the build says when it fails under these variations; null when it gives an image. */
    failed: string | null;
  } | null;
}
