import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';
import { SHA256_DIGEST } from '../model/digest.ts';
import { VARIATIONS } from '../model/variations.ts';
import { appliedVariationSchema, cellErrorSchema, cellKeySchema } from './events.ts';
import { hostSchema } from './host.ts';

/** What the jobs of one subject leave for one another; see docs/jobs.md. */
const PREPARED_SCHEMA = 'twinproof/prepared/v1';
const TWIN_SCHEMA = 'twinproof/twin/v2';

const digest = z.string().regex(SHA256_DIGEST);
const { source, lock, builder, bases, platform } = cellKeySchema.shape;

/** Builds per subject; every one of them is kept until the last is compared, and twins are two at least. */
export const MAX_BUILDS = 500;

/** What is to be built how often: the same in all jobs of one subject, so that none takes the files of another. */
const taskSchema = z.strictObject({
  subject: z.string(),
  /** Digest of the catalog. */
  catalog: digest,
  harness: z.string(),
  seed: z.int().nonnegative(),
  /** Variations, in their order. */
  vary: z.array(z.enum(VARIATIONS)),
  builds: z.int().min(2).max(MAX_BUILDS),
  /** Digest of how the locked URLs are answered, and of the files that no checksum proves; null as below. */
  inputs: digest.nullable(),
  /** The part of the key that does not depend on where it is built; null where it could not be prepared. */
  from: z.strictObject({ source, lock, builder, bases, platform }).nullable(),
});

export const preparedSchema = z.strictObject({
  schema: z.literal(PREPARED_SCHEMA),
  task: taskSchema,
  /** What a Containerfile calls the builder; absent when there is nothing to build from. */
  builder: z.string().optional(),
  /** Why that is; absent when there is something. */
  error: cellErrorSchema.optional(),
});

const builtSchema = z.strictObject({
  environment: z.array(appliedVariationSchema),
  host: hostSchema,
  started: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  /** Of the image; null when the build failed. */
  manifest: digest.nullable(),
  config: digest.nullable(),
  /** Why the build failed; absent when it did not. */
  error: cellErrorSchema.optional(),
  networkAttempts: z.int().nonnegative(),
  refused: z.array(
    z.strictObject({ kind: z.enum(['url', 'name']), what: z.string(), times: z.int().positive() }),
  ),
  /** Digest of `build.log`; null where the build did not get that far. */
  log: digest.nullable(),
  logDropped: z.int().nonnegative(),
});

export const twinSchema = z.strictObject({
  schema: z.literal(TWIN_SCHEMA),
  task: taskSchema,
  twin: z.string(),
  /** Null where it did not come to a build. */
  build: builtSchema.nullable(),
  /** Why it did not; absent when it did. */
  error: cellErrorSchema.optional(),
});

export type Task = z.infer<typeof taskSchema>;
export type PreparedRecord = z.infer<typeof preparedSchema>;
export type TwinRecord = z.infer<typeof twinSchema>;
export type BuiltRecord = z.infer<typeof builtSchema>;

/** The published JSON Schemas, as text. */
export const preparedJsonSchema = (): string =>
  publishedSchema('prepared-v1', 'prepared.json of a job', z.toJSONSchema(preparedSchema));
export const twinJsonSchema = (): string =>
  publishedSchema('twin-v2', 'twin.json of a job', z.toJSONSchema(twinSchema));
