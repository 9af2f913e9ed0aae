import { z } from 'zod';
import type { DiffResult } from '../compare/types.ts';
import { publishedSchema, schemaAddress } from '../model/json-schema.ts';

export interface ReproducedBuild {
  twin: string;
  recorded: string | null;
  /** Manifest digest now, or null when it was not built. */
  manifest: string | null;
  same: boolean;
}

/** twinproof/reproduce/v1 */
export interface Reproduced {
  schema: 'twinproof/reproduce/v1';
  subject: string;
  /** Whether every build came out as recorded. */
  same: boolean;
  builds: ReproducedBuild[];
  /** Variations that the recorded builds had and these could not have, or the other way round. */
  otherwise: string[];
  /** Where the images are: an OCI layout named after each build. */
  folder: string;
  /** The first two builds compared; null when one of them was not built. */
  diff: DiffResult | null;
}

const diff = z.custom<DiffResult>();

const schema: z.ZodType<Reproduced> = z.strictObject({
  schema: z.literal('twinproof/reproduce/v1'),
  subject: z.string(),
  same: z.boolean(),
  builds: z.array(
    z.strictObject({
      twin: z.string(),
      recorded: z.string().nullable(),
      manifest: z.string().nullable(),
      same: z.boolean(),
    }),
  ),
  otherwise: z.array(z.string()),
  folder: z.string(),
  diff: diff.nullable(),
});

/** The published schema of it; the comparison has one of its own. */
export function reproduceJsonSchema(): string {
  const json = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === diff) jsonSchema.$ref = schemaAddress('diff-v1');
    },
  });
  return publishedSchema('reproduce-v1', 'A recorded subject, built again', json);
}
