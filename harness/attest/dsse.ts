import { type KeyObject, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { fingerprintOf, hashFor } from './keys.ts';
import { type SignatureForm, signatureForm } from './signature.ts';

/** The DSSE payload type of in-toto statements. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A Dead Simple Signing Envelope, as cosign and in-toto read it. */
export interface Envelope {
  payloadType: string;
  /** Base64. */
  payload: string;
  /** The key's name is a hint that nothing is decided by; others may leave it out. */
  signatures: { keyid?: string | undefined; sig: string }[];
}

export function signEnvelope(statement: object, key: KeyObject): Envelope {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(hashFor(key), dsse.preAuthEncoding(PAYLOAD_TYPE, payload), key);
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: fingerprintOf(key), sig: sig.toString('base64') }],
  };
}

/**
 * Base64 with its padding, in either of the alphabets that DSSE allows (RFC 4648, sections 4 and 5), one throughout.
 * @returns null for anything else, which Node would read past
 */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const standard = bytes.toString('base64');
  const isExact = text === standard || text === standard.replaceAll('+', '-').replaceAll('/', '_');
  return isExact ? bytes : null;
}

/** Whether one of the signatures is of this key. */
export const isSignedBy = (envelope: Envelope, key: KeyObject): boolean =>
  formSignedBy(envelope, key) !== null;

/** The form of the first signature in an envelope that is of this key; null where none is. */
export function formSignedBy(
  { payloadType, payload, signatures }: Envelope,
  key: KeyObject,
): SignatureForm | null {
  const body = fromBase64(payload);
  if (body === null) return null;
  const signed = dsse.preAuthEncoding(payloadType, body);
  for (const { sig } of signatures) {
    const bytes = fromBase64(sig);
    const form = bytes === null ? null : signatureForm(signed, bytes, key);
    if (form !== null) return form;
  }
  return null;
}
