import { z } from 'zod';
import type { AppliedVariation } from '../rebuild/environment/types.ts';
import type { FlakeRate } from '../claims/flake-rate.ts';
import type { CauseGroup } from '../explain/group.ts';
import { causeGroupSchema } from '../explain/json-schema.ts';
import { publishedSchema } from '../model/json-schema.ts';
import { RUNGS } from '../model/rungs.ts';
import { VARIATIONS, type Variation } from '../model/variations.ts';

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

const variations = z.array(z.enum(VARIATIONS));

const applied: z.ZodType<AppliedVariation> = z.strictObject({
  variation: z.enum(VARIATIONS),
  value: z.string(),
  markers: z.array(z.string()),
  notApplied: z.string().exactOptional(),
});

const schema: z.ZodType<BisectResult> = z.strictObject({
  schema: z.literal('twinproof/bisect/v2'),
  subject: z.string(),
  source: z.string(),
  builder: z.string(),
  seed: z.int().nonnegative(),
  harness: z.string(),
  rung: z.enum(RUNGS),
  variations,
  notApplied: z.array(z.strictObject({ variation: z.enum(VARIATIONS), reason: z.string() })),
  builds: z.array(
    z.strictObject({
      name: z.string(),
      variations,
      config: z.string().nullable(),
      differs: z.boolean(),
      seconds: z.number().nonnegative(),
    }),
  ),
  control: z.strictObject({
    compared: z.int().nonnegative(),
    differing: z.int().nonnegative(),
    low: z.number(),
    high: z.number(),
  }),
  verdict: z.enum(['itself', 'none', 'variations']),
  cause: z
    .strictObject({
      confidence: z.literal('proven'),
      variations: z.array(applied),
      differing: z.string(),
      equal: z.string(),
      paths: z.array(z.string()),
      causes: z.array(causeGroupSchema),
      failed: z.string().nullable(),
    })
    .nullable(),
});

/** The published schema of it. */
export const bisectJsonSchema = (): string =>
  publishedSchema('bisect-v2', 'Which variation makes builds differ', z.toJSONSchema(schema));
