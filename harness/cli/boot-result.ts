import { z } from 'zod';
import type { Finding } from '../claims/types.ts';
import { publishedSchema } from '../model/json-schema.ts';
import { VERDICTS } from '../model/verdicts.ts';
import { cellErrorSchema, evidenceSchema } from '../record/events.ts';

/** What was found for one claim. */
export interface Result {
  claim: string;
  seconds: number;
  finding: Finding;
}

const found = {
  claim: z.string(),
  seconds: z.number().nonnegative(),
  summary: z.string(),
  detail: z.record(z.string(), z.json()),
  evidence: z.array(evidenceSchema),
};

const schema = z.strictObject({
  schema: z.literal('twinproof/boot/v1'),
  /** Digest of the manifest that was put on a disk. */
  image: z.string().exactOptional(),
  /** Digest of the disk that came as it is; null when it was not looked at. */
  disk: z.string().nullable().exactOptional(),
  results: z.array(
    z.discriminatedUnion('verdict', [
      z.strictObject({ ...found, verdict: z.enum(VERDICTS).exclude(['error']) }),
      z.strictObject({ ...found, verdict: z.literal('error'), error: cellErrorSchema }),
    ]),
  ),
  /** Not all claims were checked. */
  interrupted: z.literal(true).exactOptional(),
});

/** `twinproof/boot/v1` */
type BootResult = z.infer<typeof schema>;

/** As `--json` prints it. @param subject what was booted, as far as it is known */
export function bootResult(
  subject: Pick<BootResult, 'image' | 'disk'>,
  results: readonly Result[],
  more: Pick<BootResult, 'interrupted'>,
): BootResult {
  const flat = results.map(({ claim, seconds, finding }) => ({ claim, seconds, ...finding }));
  return { schema: 'twinproof/boot/v1', ...subject, results: flat, ...more };
}

/** The published schema of it. */
export const bootJsonSchema = (): string =>
  publishedSchema('boot-v1', 'Claims about an operating system that was started', z.toJSONSchema(schema));
