import { createHash, verify } from 'node:crypto';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { readExactJson } from '../../attest/exact-json.ts';
import { JsonPlace } from '../read/place.ts';
import { derOf } from './log-body.ts';
import { type Refusal, refusal } from './signed.ts';

type Entry = SignedEntity['tlogEntries'][number];

/** What cosign v1 and early v2 wrote into the log for an attestation: Rekor's type `intoto`, version 0.0.1. */
export const isOldEntry = ({ kindVersion }: Entry): boolean =>
  kindVersion.kind === 'intoto' && kindVersion.version === '0.0.1';

/** What an entry must be of. */
export interface Logged {
  /** The envelope as it lies there, byte for byte: the log has the digest of all of it, its signature included. */
  envelope: Buffer;
  payload: Buffer;
  /** Of whoever signed: DER of the certificate, or of the public key (SPKI). */
  signer: Buffer;
}

/**
 * Checks the entries of that version, which @sigstore/verify does not read: the log's promise to keep it, and that it is of
 * this envelope and signer.
 */
export function verifyOldEntries(
  entries: readonly Entry[],
  tlogs: TrustMaterial['tlogs'],
  logged: Logged,
): Refusal | null {
  const [entry, ...more] = entries;
  if (entry === undefined || more.length > 0 || !isOldEntry(entry))
    return refusal('log-invalid', 'entries of several versions of the log');
  if (!isPromised(entry, tlogs)) return refusal('log-invalid', 'inclusion promise could not be verified');
  const read = readExactJson(entry.canonicalizedBody);
  if ('fault' in read) return refusal('log-invalid', `the entry of the log ${read.fault}`);
  const body = new JsonPlace(read.value);
  const isKind = body.at('kind').text === 'intoto' && body.at('apiVersion').text === '0.0.1';
  const spec = body.at('spec');
  const isSame =
    isDigestOf(spec.at('content', 'hash'), logged.envelope) &&
    isDigestOf(spec.at('content', 'payloadHash'), logged.payload) &&
    derOf(spec.at('publicKey'))?.equals(logged.signer) === true;
  return isKind && isSame ? null : refusal('log-invalid', 'the entry of the log is of something else');
}

function isDigestOf(hash: JsonPlace, bytes: Buffer): boolean {
  const expected = createHash('sha256').update(bytes).digest('hex');
  return hash.at('algorithm').text === 'sha256' && hash.at('value').text === expected;
}

/** The signed entry timestamp: the log's signature over the entry, in canonical JSON (RFC 8785). */
function isPromised(entry: Entry, tlogs: TrustMaterial['tlogs']): boolean {
  const { logIndex, integratedTime, canonicalizedBody, inclusionPromise } = entry;
  const { keyId } = entry.logId;
  if (inclusionPromise === undefined) return false;
  const time = new Date(Number(integratedTime) * 1000);
  const promised = JSON.stringify({
    body: canonicalizedBody.toString('base64'),
    integratedTime: Number(integratedTime),
    logID: keyId.toString('hex'),
    logIndex: Number(logIndex),
  });
  return tlogs.some(
    ({ logID, publicKey, validFor }) =>
      logID.equals(keyId) &&
      validFor.start <= time &&
      time <= validFor.end &&
      verify('sha256', Buffer.from(promised), publicKey, inclusionPromise.signedEntryTimestamp),
  );
}
