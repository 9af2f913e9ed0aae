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
  signatures: z.array(z.object({ keyid: z.string().optional(), sig: z.string() })),
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
  const bundled = isBundle(value);
  const parsed = bundled ? bundleSchema.safeParse(value) : envelopeSchema.safeParse(value);
  if (parsed.success) return 'dsseEnvelope' in parsed.data ? parsed.data.dsseEnvelope : parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw invalid(`${place}${issue?.message ?? ''}`, where);
}

const invalid = (reason: string, where: string): TwinproofError =>
  new TwinproofError('record-invalid', escapeText(`not a DSSE envelope of an in-toto statement: ${reason}`), {
    where,
    hint: 'give the file that twinproof attest wrote, one envelope or Sigstore bundle a line',
  });
