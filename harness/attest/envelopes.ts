import { z } from 'zod';
import { TwinproofError } from '../errors.ts';
import { escapeText } from '../oci/escape.ts';
import type { Json } from '../oci/types.ts';
import { isBundle } from './bundle.ts';
import { type Envelope, PAYLOAD_TYPE, fromBase64 } from './dsse.ts';
import { readExactJson } from './exact-json.ts';

const envelopeSchema = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.string().refine((text) => fromBase64(text) !== null, 'not base64'),
  signatures: z.array(
    z.object({
      keyid: z
        .string()
        .nullish()
        .transform((name) => name ?? undefined),
      sig: z.string(),
    }),
  ),
});
const bundleSchema = z.object({ dsseEnvelope: envelopeSchema });

/**
 * Envelopes, one a line, each by itself or in a Sigstore bundle.
 * @param where name of the file
 * @throws TwinproofError `record-invalid` for anything else
 */
export function readEnvelopes(text: string, where: string): Envelope[] {
  const lines = text.split('\n');
  const found = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [readEnvelope(line, `${where}:${index + 1}`)],
  );
  if (found.length > 0) return found;
  throw invalid('it is empty', where);
}

function readEnvelope(line: string, where: string): Envelope {
  const read = readExactJson(Buffer.from(line));
  if ('fault' in read) throw invalid(`the line ${read.fault}`, where);
  return envelopeIn(read.value, where);
}

function envelopeIn(value: Json, where: string): Envelope {
  if (!isBundle(value)) {
    const read = parseEnvelope(value);
    if ('envelope' in read) return read.envelope;
    throw invalid(read.fault, where);
  }
  const parsed = bundleSchema.safeParse(value);
  if (parsed.success) return parsed.data.dsseEnvelope;
  throw invalid(issueOf(parsed.error), where);
}

/** An envelope with an in-toto statement; or what is wrong with it. */
export function parseEnvelope(value: Json): { envelope: Envelope } | { fault: string } {
  const parsed = envelopeSchema.safeParse(value);
  return parsed.success ? { envelope: parsed.data } : { fault: issueOf(parsed.error) };
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${place}${issue?.message ?? ''}`;
}

const invalid = (reason: string, where: string): TwinproofError =>
  new TwinproofError('record-invalid', escapeText(`not a DSSE envelope of an in-toto statement: ${reason}`), {
    where,
    hint: 'give the file that twinproof attest wrote, one envelope or Sigstore bundle a line',
  });
