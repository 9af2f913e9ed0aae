import { z } from 'zod';
import type { Verified } from '../attest/attest.ts';
import { publishedSchema } from '../model/json-schema.ts';

const schema = z.strictObject({
  schema: z.literal('twinproof/verify-attestation/v1'),
  /** in-toto statements that nothing is wrong with. */
  statements: z.array(
    z.looseObject({
      _type: z.string(),
      subject: z.array(z.looseObject({})),
      predicateType: z.string(),
      predicate: z.record(z.string(), z.unknown()),
    }),
  ),
  /** What is wrong; empty when nothing is. */
  faults: z.array(z.string()),
  /** What could not be checked, and why. */
  unchecked: z.array(z.string()),
  /** With --require: the result that was asked for, and the subjects that are not stated to have it. */
  required: z.strictObject({ result: z.string(), missing: z.array(z.string()) }).optional(),
});
type VerifiedResult = z.infer<typeof schema>;

/** `twinproof/verify-attestation/v1`: what attestations come to. */
export const verifiedResult = (
  { statements, faults, unchecked }: Verified,
  required?: VerifiedResult['required'],
): VerifiedResult => ({
  schema: 'twinproof/verify-attestation/v1',
  statements: statements.map((statement) => ({
    ...statement,
    subject: statement.subject.map((one) => ({ ...one })),
  })),
  faults,
  unchecked,
  ...(required === undefined ? {} : { required }),
});

/** The published schema of it. */
export const verifiedJsonSchema = (): string =>
  publishedSchema('verify-attestation-v1', 'What attestations come to', z.toJSONSchema(schema));
