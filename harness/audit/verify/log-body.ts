import { X509Certificate, createPublicKey } from 'node:crypto';
import type { SignedEntity } from '@sigstore/verify';
import { readExactJson } from '../../attest/exact-json.ts';
import { JsonPlace } from '../read/place.ts';
import { type Refusal, refusal } from './signed.ts';

type Entry = SignedEntity['tlogEntries'][number];

/** Where an entry of each type and version has who signed: as PEM, or as the protobuf of Rekor v2. */
const SIGNERS: Readonly<Record<string, (spec: JsonPlace) => Buffer | null>> = {
  'hashedrekord 0.0.1': (spec) => derOf(spec.at('signature', 'publicKey', 'content')),
  'hashedrekord 0.0.2': (spec) => verifierOf(spec.at('hashedRekordV002', 'signature', 'verifier')),
  'dsse 0.0.1': (spec) => derOf(spec.at('signatures', 0, 'verifier')),
  'dsse 0.0.2': (spec) => verifierOf(spec.at('dsseV002', 'signatures', 0, 'verifier')),
  'intoto 0.0.1': (spec) => derOf(spec.at('publicKey')),
  'intoto 0.0.2': (spec) => derOf(spec.at('content', 'envelope', 'signatures', 0, 'publicKey')),
};

/**
 * Whether an entry of the log was made by whoever signed, which @sigstore/verify does not look at: it compares signature
 * and digest, and a signature may fit more than one key.
 * @param signer DER of the certificate, or of the public key (SPKI)
 */
export function refuseOtherSigner(entries: readonly Entry[], signer: Buffer): Refusal | null {
  for (const { kindVersion, canonicalizedBody } of entries) {
    const { kind, version } = kindVersion;
    const read = readExactJson(canonicalizedBody);
    if ('fault' in read) return refusal('log-invalid', `the entry of the log ${read.fault}`);
    const signerOf = SIGNERS[`${kind} ${version}`];
    if (signerOf === undefined)
      return refusal('log-invalid', `the log's entries of type ${kind} ${version} are not read`);
    if (signerOf(new JsonPlace(read.value).at('spec'))?.equals(signer) !== true)
      return refusal('log-invalid', 'the entry of the log names another signer');
  }
  return null;
}

/** Of a certificate or public key in PEM, in base64; null for anything else. */
export function derOf({ text }: JsonPlace): Buffer | null {
  const pem = Buffer.from(text ?? '', 'base64').toString();
  try {
    return pem.includes('BEGIN CERTIFICATE')
      ? new X509Certificate(pem).raw
      : createPublicKey(pem).export({ type: 'spki', format: 'der' });
  } catch {
    return null;
  }
}

function verifierOf(place: JsonPlace): Buffer | null {
  const { text } =
    place.at('x509Certificate').value === undefined
      ? place.at('publicKey', 'rawBytes')
      : place.at('x509Certificate', 'rawBytes');
  return text === null ? null : Buffer.from(text, 'base64');
}
