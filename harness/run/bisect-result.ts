import type { AppliedAxis } from '../rebuild/environment/types.ts';
import type { FlakeRate } from '../claims/flake-rate.ts';
import type { CauseGroup } from '../explain/group.ts';
import type { Variation } from '../model/variations.ts';

/** One build: in what it was made to differ from the first, and whether it did. */
export interface BisectBuild {
  name: string;
  axes: Variation[];
  /** Digest of the image config; null when the build failed. */
  config: string | null;
  differs: boolean;
  seconds: number;
}

/** twinproof/bisect/v1 */
export interface BisectResult {
  schema: 'twinproof/bisect/v1';
  subject: string;
  source: string;
  builder: string;
  seed: number;
  harness: string;
  rung: string;
  /** Axes that were tried, and those that could not be. */
  axes: Variation[];
  notApplied: { axis: Variation; reason: string }[];
  builds: BisectBuild[];
  control: FlakeRate;
  /** `itself`: builds with nothing varied differ; `none`: no axis makes it differ; `axes`: these do, together. */
  verdict: 'itself' | 'none' | 'axes';
  cause: {
    confidence: 'proven';
    axes: AppliedAxis[];
    /** Names of two builds that differ, and whose environments differ in nothing but the last axis. */
    differing: string;
    equal: string;
    paths: string[];
    /** Why they differ, by cause. */
    causes: CauseGroup[];
    /** What the build says when it fails under these axes; null when it gives an image. */
    failed: string | null;
  } | null;
}
