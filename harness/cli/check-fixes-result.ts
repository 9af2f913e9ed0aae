import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';
import { VERDICTS } from '../model/verdicts.ts';
import type { CheckedFix, Digests } from '../report/check-fixes-text.ts';

const digestsSchema: z.ZodType<Digests> = z.strictObject({
  a: z.string().nullable(),
  b: z.string().nullable(),
});

const checkedSchema: z.ZodType<CheckedFix> = z.strictObject({
  subject: z.string(),
  verdict: z.enum(VERDICTS),
  made: z.array(z.string()),
  before: digestsSchema,
  after: digestsSchema,
  recipe: z.strictObject({ before: z.string(), after: z.string() }),
  left: z.array(z.string()),
});

const schema = z.strictObject({
  schema: z.literal('twinproof/check-fixes/v1'),
  subjects: z.array(checkedSchema),
});
export type CheckFixesResult = z.infer<typeof schema>;

/** `twinproof/check-fixes/v1`: what became of subjects with the fixes made. */
export const checkFixesResult = (subjects: CheckedFix[]): CheckFixesResult => ({
  schema: 'twinproof/check-fixes/v1',
  subjects,
});

/** The published schema of it. */
export const checkFixesJsonSchema = (): string =>
  publishedSchema('check-fixes-v1', 'Subjects with fixes made, built again', z.toJSONSchema(schema));
