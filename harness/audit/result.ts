import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';
import { CELL_ERROR_CODES } from '../errors.ts';
import { REACHED_RUNGS } from '../model/rungs.ts';
import { AUDIT_VERDICTS } from './claims/types.ts';
import { PLACES } from './find/types.ts';
import { FIELDS } from './read/types.ts';
import { STATUSES } from './verify/status.ts';

const value = z.union([z.string(), z.array(z.string())]);
const origin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('attestation'), id: z.string(), pointer: z.string(), verified: z.boolean() }),
  z.object({ kind: z.literal('label'), name: z.string() }),
  z.object({
    kind: z.literal('history'),
    entry: z.int().describe("of the image's history, from 1"),
  }),
  z.object({ kind: z.literal('given'), option: z.string().describe('by whoever audits') }),
  z.object({ kind: z.literal('source'), path: z.string().describe('a file of the commit') }),
  z.object({ kind: z.literal('default'), because: z.string() }),
]);

const found = z.object({
  id: z.string().describe('by what the rest of the document names it'),
  place: z.enum(PLACES),
  where: z.string(),
  about: z.string().nullable().describe('digest of the manifest that it hangs at; null for a file'),
  mediaType: z.string(),
  digest: z.string(),
  size: z.int(),
  status: z.enum(STATUSES),
  message: z.string(),
  role: z.enum(['signature', 'provenance', 'sbom', 'other']).nullable(),
  predicateType: z.string().nullable(),
  subjects: z.array(z.string()).describe('digests of those parts of the image that it speaks about'),
  signer: z
    .object({
      by: z.enum(['key', 'certificate']),
      detail: z.string(),
      log: z.enum(['verified', 'not-checked', 'none']),
    })
    .nullable(),
  builtAt: z.string().nullable().describe('when the build ended, as it says itself'),
  used: z.boolean().describe('whether a verdict rests on it'),
  why: z.string().describe('why it was used, or why not'),
});

const recipe = z.object({
  platform: z.string(),
  digest: z.string(),
  form: z.string().nullable().describe('what wrote the provenance'),
  from: z.string().nullable(),
  verified: z.boolean(),
  readings: z.array(
    z.object({
      field: z.enum(FIELDS),
      value,
      from: origin,
      contradictedBy: z.array(z.object({ value, from: origin })),
    }),
  ),
  missing: z
    .array(
      z.object({
        code: z.enum(['recipe-incomplete', 'builder-unresolved']),
        field: z
          .enum(FIELDS)
          .nullable()
          .describe('null where the form of the provenance lacks it as a whole'),
        what: z.string(),
      }),
    )
    .describe('everything that a rebuild lacks'),
});

const compared = {
  equal: z.boolean(),
  rung: z.enum(REACHED_RUNGS).describe('the strongest at which they are equal'),
  why: z.array(z.string()).describe('what differs, and why'),
};
const network = z.object({
  attempts: z.int(),
  refused: z.array(z.string()),
  unverified: z.array(z.string()).describe('files that no checksum proves'),
});

const rebuild = z.object({
  platform: z.string(),
  digest: z.string().describe('of the published manifest'),
  outcome: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('built'),
      twins: z.array(z.object({ name: z.string(), manifest: z.string(), config: z.string() })),
      self: z.object(compared).describe('the twins with each other'),
      published: z
        .object({ ...compared, twin: z.string() })
        .describe('the nearest twin with what was published'),
      network,
      notes: z.array(z.string()),
    }),
    z.object({ kind: z.literal('failed'), twin: z.string(), message: z.string(), network }),
    z.object({
      kind: z.literal('lacking'),
      lacks: z.array(
        z.object({
          code: z.enum(['recipe-incomplete', 'builder-unresolved', 'source-unavailable', 'unsupported']),
          what: z.string(),
        }),
      ),
    }),
    z.object({ kind: z.literal('rests-on'), why: z.string() }),
    z.object({ kind: z.literal('error'), code: z.enum(CELL_ERROR_CODES), message: z.string() }),
  ]),
});

const claim = z.object({
  claim: z.string(),
  verdict: z.enum(AUDIT_VERDICTS),
  summary: z.string(),
  details: z.array(z.string()),
  needed: z.string().nullable().describe('what it would take to check it'),
});

const schema = z.object({
  schema: z.literal('twinproof/audit/v1'),
  harness: z.string().describe('version of Twinproof'),
  reference: z.string(),
  image: z.object({
    digest: z.string(),
    platforms: z.array(z.object({ platform: z.string(), digest: z.string(), config: z.string() })),
  }),
  found: z.array(found),
  unreadable: z.array(z.object({ place: z.enum(PLACES), where: z.string(), reason: z.string() })),
  recipes: z.array(recipe),
  source: z
    .object({
      from: z.string().nullable(),
      commit: z.string().nullable(),
      missing: z.string().nullable().describe('why there is none'),
    })
    .nullable()
    .describe('the source as it was looked at; null where nothing asked for it'),
  rebuilds: z.array(rebuild).describe('by platform; empty where nothing was to be rebuilt'),
  claims: z.array(claim),
});

/** What an audit came to; `twinproof audit --json` prints it. */
export type AuditResult = z.output<typeof schema>;

export const auditSchema = (): string =>
  publishedSchema('audit-v1', 'Result of an audit', z.toJSONSchema(schema));
