import { type KeyObject, createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dsse } from '@sigstore/core';
import { TwinproofError } from '../errors.ts';

/** The DSSE payload type of in-toto statements. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A Dead Simple Signing Envelope, as cosign and in-toto read it. */
export interface Envelope {
  payloadType: string;
  /** Base64. */
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

/** The digest of a public key in its standard form (SPKI, DER), by which an envelope names it. */
const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** Ed25519 hashes by itself; ECDSA on P-256 goes with SHA-256. */
const hashFor = (key: KeyObject): string | null => (key.asymmetricKeyType === 'ed25519' ? null : 'sha256');

/** @throws TwinproofError `usage` for what is no private key of a kind that is used here */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  return usable(path, createPrivateKey);
}

/** Reads a public key; a private one has its public half. */
export async function readPublicKey(path: string): Promise<KeyObject> {
  return usable(path, createPublicKey);
}

async function usable(path: string, read: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  try {
    const key = read(await readFile(path));
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (key.asymmetricKeyType === 'ed25519' || (key.asymmetricKeyType === 'ec' && curve === 'prime256v1'))
      return key;
  } catch {
    // Told below; the reason may quote the key.
  }
  throw new TwinproofError(
    'usage',
    'not a key that can be used: PEM, Ed25519 or ECDSA P-256, without password',
    {
      where: path,
      hint: 'make one with: openssl genpkey -algorithm ed25519 -out key.pem',
    },
  );
}

export function signEnvelope(statement: object, key: KeyObject): Envelope {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(hashFor(key), dsse.preAuthEncoding(PAYLOAD_TYPE, payload), key);
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(key), sig: sig.toString('base64') }],
  };
}

/** Whether one of the signatures is of this key. ECDSA signatures come in two forms: DER, and both numbers side by side. */
export function isSignedBy(envelope: Envelope, key: KeyObject): boolean {
  const signed = dsse.preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  return envelope.signatures.some(({ sig }) => {
    const bytes = Buffer.from(sig, 'base64');
    if (key.asymmetricKeyType === 'ed25519') return verify(null, signed, key, bytes);
    const forms = ['der', 'ieee-p1363'] as const;
    return forms.some((dsaEncoding) => verify('sha256', signed, { key, dsaEncoding }, bytes));
  });
}
