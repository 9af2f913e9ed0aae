import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';
import { VERDICTS } from '../model/verdicts.ts';
import { PLACEMENTS } from '../record/host.ts';
import type { Signed, SubjectQuorum } from './quorum.ts';

const signedSchema: z.ZodType<Signed> = z.strictObject({
  key: z.string(),
  run: z.string(),
  verdict: z.enum(VERDICTS),
  image: z.string().nullable(),
  placement: z.enum(PLACEMENTS).nullable(),
});

const subjectSchema: z.ZodType<SubjectQuorum> = z.strictObject({
  subject: z.string(),
  quorum: z.int().nonnegative(),
  image: z.string().nullable(),
  signed: z.array(signedSchema),
});

const schema = z.strictObject({ schema: z.literal('twinproof/quorum/v1'), subjects: z.array(subjectSchema) });

/** `twinproof/quorum/v1`: on which images the owners of different keys agree. */
export const quorumResult = (subjects: readonly SubjectQuorum[]): z.infer<typeof schema> => ({
  schema: 'twinproof/quorum/v1',
  subjects: [...subjects],
});

/** The published schema of it. */
export const quorumJsonSchema = (): string =>
  publishedSchema('quorum-v1', 'quorum.json of a merged run', z.toJSONSchema(schema));
