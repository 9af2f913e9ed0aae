import { z } from 'zod';
import { CONFIDENCES } from '../model/confidence.ts';
import { publishedSchema } from '../model/json-schema.ts';
import { REACHED_RUNGS } from '../model/rungs.ts';
import type { CauseGroup, Explanation } from './group.ts';
import type { MadeBy } from './made-by.ts';

const madeBySchema: z.ZodType<MadeBy> = z.strictObject({
  line: z.int().positive(),
  text: z.string(),
  stage: z.string().nullable(),
});

export const causeGroupSchema: z.ZodType<CauseGroup> = z.strictObject({
  id: z.string(),
  about: z.string(),
  confidence: z.enum(CONFIDENCES),
  fix: z.string(),
  origin: z.string(),
  madeBy: madeBySchema.nullable(),
  places: z.array(z.string()),
  packages: z.record(z.string(), z.string()),
  evidence: z.string(),
  bytes: z.int().nonnegative(),
});

const explanationSchema: z.ZodType<Explanation> = z.strictObject({
  schema: z.literal('twinproof/explain/v1'),
  a: z.string(),
  b: z.string(),
  rung: z.enum(REACHED_RUNGS),
  identical: z.boolean(),
  causes: z.array(causeGroupSchema),
  unexplained: z.int().nonnegative(),
  accounted: z.strictObject({ bytes: z.int().nonnegative(), of: z.int().nonnegative() }),
  truncated: z.boolean(),
});

/** The published schema of an explanation. */
export const explainJsonSchema = (): string =>
  publishedSchema('explain-v1', 'Why two images differ', z.toJSONSchema(explanationSchema));
