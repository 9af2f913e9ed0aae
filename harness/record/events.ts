import { publishedSchema } from '../model/json-schema.ts';
import { z } from 'zod';
import { CELL_ERROR_CODES } from '../errors.ts';
import { VERDICTS } from '../model/verdicts.ts';
import { VARIATIONS } from '../model/variations.ts';
import { SHA256_DIGEST } from '../model/digest.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import { PLACEMENTS, hostSchema } from './host.ts';

/**
 * The lines of run.jsonl (design.md, "Results on disk"). The published form of these schemas is
 * `run.schema.json` beside this file.
 */
export const RUN_SCHEMA = 'twinproof/run/v2';

const digest = z.string().regex(SHA256_DIGEST);
const time = z.iso.datetime();

export const evidenceSchema = z.strictObject({
  /** What it is, e.g. `build log A`. */
  name: z.string(),
  digest,
  /** Bytes. */
  size: z.int().nonnegative(),
  mediaType: z.string(),
});

export const cellErrorSchema = z.strictObject({
  code: z.enum(CELL_ERROR_CODES),
  message: z.string(),
  hint: z.string().optional(),
});

/** What the catalog asks of a claim beyond its name; its shape belongs to the claim. */
const askedSchema = z.record(z.string(), z.json());

/** Everything that makes a cell's result a result of exactly this; its digest is the cell's key. */
export const cellKeySchema = z.strictObject({
  source: digest,
  lock: digest.nullable(),
  builder: z.string(),
  /** Digests of the images that the Containerfile takes from outside, by reference; absent when there are none. */
  bases: z.record(z.string(), z.string()).optional(),
  platform: z.string(),
  variations: z.record(z.string(), z.array(z.string())),
  seed: z.int().nonnegative(),
  harness: z.string(),
  /** Absent when nothing. */
  asked: askedSchema.optional(),
  /** Digests of what the claim's options name, by option; absent when they name nothing. */
  files: z.record(z.string(), digest).optional(),
  /** Digest of the suite of the user's that checks it, with all modules that it imports; absent for the bundled claims. */
  suite: digest.optional(),
});

const plannedCellSchema = z.strictObject({ subject: z.string(), claim: z.string() });

/** Why a claim that the catalog makes is not checked by a run. */
export const LEFT_OUT = ['untouched', 'not-selected', 'long'] as const;

/** What the catalog says of one claim of a subject, whether or not the run checks it. */
const termsSchema = z.strictObject({
  /** Why it is not claimed; absent where it is. */
  notClaimed: z.string().optional(),
  asked: askedSchema.optional(),
  /** Failures of it that are allowed; absent when none are. */
  exemptions: z
    .array(
      z.strictObject({
        path: z.string().optional(),
        cause: z.string().optional(),
        reason: z.string(),
        owner: z.string(),
        expires: z.string(),
      }),
    )
    .optional(),
  /** `untouched`: no input of the subject changed since `changedSince`; `not-selected`: by --image or --claim; `long`: without --thorough. */
  leftOut: z.enum(LEFT_OUT).optional(),
});

const planSchema = z.array(
  z.strictObject({ subject: z.string(), claims: z.record(z.string(), termsSchema) }),
);

/** What the user's own claims of a run are, and what checked them. */
const suiteSchema = z.strictObject({
  /** Relative to the catalog's folder where it lies in it; else only its name. */
  path: z.string(),
  digest,
  claims: z.array(z.strictObject({ id: z.string(), statement: z.string() })),
});

const headerSchema = z.strictObject({
  type: z.literal('header'),
  schema: z.literal(RUN_SCHEMA),
  run: z.string(),
  started: time,
  harness: z.string(),
  catalog: z.strictObject({
    name: z.string(),
    digest,
    /** Catalog file or folder, relative to the top of its git checkout where it is in one; else absolute. */
    path: z.string().optional(),
  }),
  /** Null where there was nothing to verify, and so no engine was asked for. */
  engine: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
  host: z.strictObject({
    os: z.string(),
    architecture: z.string(),
    kernel: z.string(),
    cpus: z.int().positive(),
  }),
  seed: z.int().nonnegative(),
  shard: z.string().nullable(),
  /** `standard`: scenarios that take long and are claimed were left out; absent when there are none, and in older logs. */
  depth: z.enum(['standard', 'thorough']).optional(),
  /** All cells of the run; a log that lacks one of them is incomplete. */
  cells: z.array(plannedCellSchema),
  /** Git commit: what no input of changed since is left out. Absent where everything is verified, and in older logs. */
  changedSince: z.string().optional(),
  /** The whole catalog, of all shards, with what the run left out and why. Absent in older logs. */
  plan: planSchema.optional(),
  /** Suites of the user's whose claims are among the cells; absent when there are none. */
  suites: z.array(suiteSchema).optional(),
  /** Of a shard: the cells of all shards together, so that a missing shard is noticed. Absent in older logs. */
  whole: z.strictObject({ cells: z.int().nonnegative(), digest }).optional(),
  /** The run that this one took finished cells from. */
  resumed: z.string().nullable(),
});

const noteSchema = z.strictObject({
  type: z.literal('note'),
  level: z.enum(['info', 'warning']),
  text: z.string(),
});

/** What one variation of a twin's environment was set to; `rebuild/environment/types.ts` has the same shape. */
export const appliedVariationSchema = z.strictObject({
  variation: z.enum(VARIATIONS),
  value: z.string(),
  /** Texts that stand nowhere else: one of them in an image means that the variation leaked into it. */
  markers: z.array(z.string()),
  /** Why it could not be applied on this machine; absent when it was. */
  notApplied: z.string().optional(),
});

const buildSchema = z.strictObject({
  twin: z.string(),
  /** Variations that were asked to differ between the twins; absent in logs from before there were any. */
  environment: z.array(appliedVariationSchema).optional(),
  /** Where it was built; absent in older logs. */
  host: hostSchema.optional(),
  started: time,
  seconds: z.number().nonnegative(),
  built: z.boolean(),
  /** Attempts to reach a network that the kernel refused, counted in the build's network namespace. */
  networkAttempts: z.int().nonnegative(),
  manifest: digest.nullable(),
  /** The manifest itself, which statements have as their subject; absent where nothing was built, and in older logs. */
  manifestFile: evidenceSchema.optional(),
  config: digest.nullable(),
  log: evidenceSchema.nullable(),
  /** Bytes of log beyond the limit, counted and dropped. */
  logDropped: z.int().nonnegative(),
});

const twinsSchema = z.strictObject({
  type: z.literal('twins'),
  subject: z.string(),
  sourceDateEpoch: z.int(),
  builder: z.strictObject({ name: z.string(), digest: z.string() }),
  inputs: z.strictObject({ files: z.int().nonnegative(), bytes: z.int().nonnegative() }),
  /** The Containerfile: its path in the repository, and its text. Absent for commands and in older logs. */
  recipe: z.strictObject({ path: z.string(), text: evidenceSchema }).optional(),
  builds: z.array(buildSchema),
});

const cellSchema = z.strictObject({
  type: z.literal('cell'),
  subject: z.string(),
  claim: z.string(),
  verdict: z.enum(VERDICTS),
  /** One line for people. */
  summary: z.string(),
  /** Present exactly for `error`. */
  error: cellErrorSchema.optional(),
  key: cellKeySchema.nullable(),
  keyDigest: digest.nullable(),
  /** How far apart the builds were of which it speaks; absent where that is not known, and in older logs. */
  placement: z.enum(PLACEMENTS).optional(),
  /** What to do about it; absent where the claim does not know, or its detail names causes with fixes of their own. */
  fix: z.string().optional(),
  /** What the claim found; its shape belongs to the claim. */
  detail: z.record(z.string(), z.json()),
  evidence: z.array(evidenceSchema),
  seconds: z.number().nonnegative(),
});

const footerSchema = z.strictObject({
  type: z.literal('footer'),
  finished: time,
  counts: z.record(z.enum(VERDICTS), z.int().nonnegative()),
  /** Seconds of the whole run and of that in which at least one build ran. */
  seconds: z.number().nonnegative(),
  building: z.number().nonnegative(),
});

export const eventSchema = z.discriminatedUnion('type', [
  headerSchema,
  noteSchema,
  twinsSchema,
  cellSchema,
  footerSchema,
]);

export type Evidence = z.infer<typeof evidenceSchema>;
export type CellKey = z.infer<typeof cellKeySchema>;
export type CellError = z.infer<typeof cellErrorSchema>;
export type Terms = z.infer<typeof termsSchema>;
export type PlannedSubject = z.infer<typeof planSchema>[number];
export type RecordedSuite = z.infer<typeof suiteSchema>;
export type Header = z.infer<typeof headerSchema>;
export type Note = z.infer<typeof noteSchema>;
export type Build = z.infer<typeof buildSchema>;
export type Twins = z.infer<typeof twinsSchema>;
export type CellResult = z.infer<typeof cellSchema>;
export type Footer = z.infer<typeof footerSchema>;
export type RunEvent = z.infer<typeof eventSchema>;

/** The published JSON Schema of one line of run.jsonl, as text. What claims may be asked is that of these. */
export function runJsonSchema(claims: Iterable<ClaimDeclaration>): string {
  const asked = askedProperties(claims);
  const schema = z.toJSONSchema(eventSchema, {
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === askedSchema) jsonSchema.properties = asked;
    },
  });
  return publishedSchema('run-v2', 'One line of run.jsonl', schema);
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

function askedProperties(claims: Iterable<ClaimDeclaration>): Record<string, JsonSchema> {
  const properties: Record<string, JsonSchema> = {};
  for (const { options, needs } of claims) {
    if (options !== undefined) Object.assign(properties, z.toJSONSchema(options.schema).properties);
    if (needs === 'smoke') properties.smoke = { type: 'object' };
  }
  return properties;
}
