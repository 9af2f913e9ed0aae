import { fileNames, lockFile } from '../lock/format.ts';
import { ECOSYSTEMS, type Ecosystems } from '../packages/registry.ts';
import { publishedSchema } from '../model/json-schema.ts';
import { z } from 'zod';
import type { ClaimDeclaration } from '../model/claim.ts';
import { claimsSchema, exemptionSchema } from './claims-schema.ts';
import { parseDuration, parseBuildPlatform, parseSize } from './units.ts';

/** Names of images and variants. */
export const SLUG = /^[a-z0-9][a-z0-9._-]{0,127}$/;

const text = z.string().min(1).max(4096);
const slug = z
  .string()
  .regex(SLUG, 'use lower-case letters, digits, ".", "_" and "-", beginning with a letter or digit');
const path = text.describe('Path relative to the folder of this file; may not leave it.');
const command = z.array(text).min(1).max(256);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'use letters, digits and "_"');
const variables = z.record(variableName, z.string().max(65536));

const size = z
  .string()
  .regex(/^[0-9]+(B|KiB|MiB|GiB|TiB)$/, {
    error: 'write a size with its unit, such as 512MiB or 4GiB',
    abort: true,
  })
  .refine((value) => parseSize(value) !== null, 'a size must be above 0 and at most 1024TiB');
const duration = z
  .string()
  .regex(/^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/, {
    error: 'write a duration with its unit, such as 30s, 15m or 1h30m',
    abort: true,
  })
  .refine((value) => parseDuration(value) !== null, 'a duration must be above 0 and at most a week (168h)');
const platform = z
  .string()
  .superRefine((value, context) => {
    const parsed = parseBuildPlatform(value);
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
  })
  .meta({ examples: ['linux/amd64', 'linux/arm64'] });

const url = z
  .string()
  .max(4096)
  .regex(
    /^https?:\/\/[^/@\s]+\/(?:[^\s?#]*\/)?$/,
    'write an http(s) URL that ends in "/", without credentials',
  )
  .refine((value) => URL.canParse(value), 'this is no URL');

const imageReference = z
  .string()
  .max(512)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/,
    'write an image as name[:tag]@sha256:<64 hex digits>, or name:tag with `resolve: true`',
  );

const builder = z
  .union([
    z.strictObject({
      image: imageReference,
      resolve: z
        .boolean()
        .optional()
        .describe('Resolve a floating tag at the start of a run and record its digest.'),
    }),
    z.strictObject({ definition: path }),
  ])
  .describe('The image that builds run in: by digest, or made from a definition next to the catalog.');

const limits = z
  .strictObject({
    memory: size.optional(),
    processes: z.int().min(16).max(4_194_304).optional(),
    time: duration.optional(),
    scratch: size.optional(),
    log: size.optional(),
  })
  .describe('What one build may use.');

const sourceDateEpoch = z
  .union([z.int().min(0).max(253_402_300_799), z.literal('git')])
  .describe('Seconds since 1970, or "git": time of the last commit that touched the context.');

const recipe = z.union([
  z.strictObject({
    containerfile: path,
    context: path.optional().describe('Defaults to the folder of the Containerfile.'),
    buildArgs: variables.optional(),
    target: text.optional().describe('Stage to build.'),
    resolve: z
      .boolean()
      .optional()
      .describe('Resolve floating tags of images that the Containerfile names, and record their digests.'),
    timestamps: z
      .enum(['rewrite', 'keep'])
      .optional()
      .describe('rewrite (default): every time becomes the source date epoch.'),
    history: z
      .enum(['keep', 'omit'])
      .optional()
      .describe('omit: the image tells nothing of how its layers were made; keep is the default.'),
    privileges: z
      .enum(['default', 'nested'])
      .optional()
      .describe('nested: RUN may make namespaces and mounts of its own.'),
  }),
  z.strictObject({
    command: command.describe('Leaves an OCI layout in the folder that $OUTPUT names.'),
    context: path,
    environment: variables.optional(),
  }),
]);

const port = z.int().min(1).max(65535);
const absolute = z
  .string()
  .max(4096)
  .regex(/^\/(?!.*(?:^|\/)\.{1,2}(?:\/|$)).*$/, 'write an absolute path without "." and ".."');
const answer = {
  expect: text.describe('Text that the answer must contain.'),
  timeout: duration.optional(),
  environment: variables.optional(),
  writable: z.array(absolute).max(64).optional().describe('Folders that are writable; the root is not.'),
};
const service = z.union([
  z.strictObject({
    http: z.strictObject({
      port,
      path: z
        .string()
        .max(4096)
        .regex(/^\/[!-~]*$/, 'begin with "/"'),
    }),
  }),
  z.strictObject({ exec: command }),
]);
const smoke = z
  .union([z.strictObject({ run: command, ...answer }), z.strictObject({ service, ...answer })])
  .describe('How it is shown that the image really runs.');

const subjectKeys = {
  image: slug,
  variant: slug.optional().describe('Defaults to "default".'),
  recipe,
  prefetch: z
    .strictObject({
      output: path.describe('Folder that `hermeto fetch-deps` filled; builds see it as /cachi2/output.'),
      environment: path
        .optional()
        .describe('File that `hermeto generate-env` wrote; builds see it as /cachi2/cachi2.env.'),
    })
    .optional()
    .describe('What Hermeto fetched: gomod, pip, npm, generic and others.'),
  builder: builder.optional(),
  smoke: smoke.optional(),
};

/** What a catalog file may say, and one entry of its `subjects`; docs/catalog.md explains every key. */
export function catalogSchemas(declared: Iterable<ClaimDeclaration>, ecosystems: Ecosystems = ECOSYSTEMS) {
  const shared = {
    platforms: z.array(platform).min(1).max(16).optional(),
    sourceDateEpoch: sourceDateEpoch.optional(),
    limits: limits.optional(),
    claims: claimsSchema(declared).optional(),
  };
  const subject = z.strictObject({
    ...subjectKeys,
    lock: path.optional().describe(`${fileNames(lockFile, ecosystems)}.`),
    exemptions: z
      .array(exemptionSchema(declared))
      .max(256)
      .optional()
      .describe('Failures that are allowed for a time.'),
    ...shared,
  });
  const catalog = z.strictObject({
    version: z.literal(1),
    name: slug,
    builder: builder.optional(),
    defaults: z.strictObject(shared).optional(),
    whenGone: z.enum(['error', 'refresh']).optional(),
    origins: z
      .array(z.strictObject({ url, mirrors: z.array(url).min(1).max(16) }))
      .max(256)
      .optional(),
    builtPackages: z
      .array(z.strictObject({ url, source: path, command }))
      .max(64)
      .optional(),
    suites: z
      .array(path)
      .min(1)
      .max(64)
      .optional()
      .describe('Vitest files with claims of your own, for `twinproof/vitest`.'),
    subjects: z.array(subject).min(1).max(10_000),
  });
  return { catalog, subject };
}

export type CatalogFile = z.infer<ReturnType<typeof catalogSchemas>['catalog']>;
export type SubjectEntry = CatalogFile['subjects'][number];
export type ClaimEntries = NonNullable<SubjectEntry['claims']>;

/** The published JSON Schema of a catalog file, for editors; catalog.schema.json is this. */
export function catalogJsonSchema(declared: Iterable<ClaimDeclaration>, ecosystems?: Ecosystems): string {
  const { catalog } = catalogSchemas(declared, ecosystems);
  const schema = z.toJSONSchema(catalog, { target: 'draft-2020-12', io: 'input' });
  return publishedSchema('catalog-v1', 'Twinproof catalog', schema);
}
