import { X509Certificate } from 'node:crypto';
import { sha256Hex } from '../../model/digest.ts';
import { readExactJson } from '../../attest/exact-json.ts';
import type { Json, JsonObject } from '../../oci/types.ts';
import type { Signed } from './signed.ts';

/** cosign v2 keeps in the annotations of a layer what later became the Sigstore bundle. */
export const SIGNATURE = 'dev.cosignproject.cosign/signature';
const LOG = 'dev.sigstore.cosign/bundle';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

type Content = Exclude<Signed['content'], { kind: 'manifest' }>;
type Made = Pick<Signed, 'bundle' | 'hasCertificate' | 'hasLog'>;

/** The same as a Sigstore bundle v0.1. */
export function bundleOfAnnotations(
  content: Content,
  annotations: Readonly<Record<string, string>>,
): Made | { fault: string } {
  const hasCertificate = (annotations[CERTIFICATE] ?? '') !== '';
  const hasLog = (annotations[LOG] ?? '') !== '';
  if (!hasCertificate && !hasLog) return { bundle: null, hasCertificate, hasLog };
  const certificate = hasCertificate ? derOf(annotations[CERTIFICATE] ?? '') : null;
  if (hasCertificate && certificate === null) return { fault: `${CERTIFICATE} holds no certificate` };
  const entry = hasLog ? entryOf(annotations[LOG] ?? '') : null;
  if (hasLog && entry === null) return { fault: `${LOG} is no proof of a transparency log` };
  const timestamp = timestampOf(annotations[TIMESTAMP] ?? '');
  const bundle: Json = {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...(certificate === null
        ? { publicKey: { hint: '' } }
        : { x509CertificateChain: { certificates: [{ rawBytes: certificate }] } }),
      tlogEntries: entry === null ? [] : [entry],
      timestampVerificationData: {
        rfc3161Timestamps: timestamp === null ? [] : [{ signedTimestamp: timestamp }],
      },
    },
    ...contentOf(content),
  };
  return { bundle, hasCertificate, hasLog };
}

function contentOf(content: Content): JsonObject {
  if (content.kind === 'envelope') {
    const { payloadType, payload, signatures } = content.envelope;
    return {
      dsseEnvelope: {
        payloadType,
        payload,
        signatures: signatures.map(({ sig, keyid = '' }) => ({ sig, keyid })),
      },
    };
  }
  const digest = Buffer.from(sha256Hex(content.payload), 'hex').toString('base64');
  return {
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest },
      signature: content.signature.toString('base64'),
    },
  };
}

function derOf(pem: string): string | null {
  try {
    return new X509Certificate(pem).raw.toString('base64');
  } catch {
    return null;
  }
}

function objectIn(text: string): JsonObject | null {
  const read = readExactJson(Buffer.from(text));
  if ('fault' in read) return null;
  const { value } = read;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

/** `{SignedEntryTimestamp, Payload: {body, integratedTime, logIndex, logID}}` as an entry of a bundle. */
function entryOf(text: string): Json | null {
  const read = objectIn(text);
  const payload = read?.Payload;
  if (read === null || typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null;
  const { body, integratedTime, logIndex, logID } = payload;
  if (typeof body !== 'string' || typeof logID !== 'string' || typeof read.SignedEntryTimestamp !== 'string')
    return null;
  if (typeof integratedTime !== 'number' || typeof logIndex !== 'number') return null;
  if (!Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex)) return null;
  const entry = objectIn(Buffer.from(body, 'base64').toString());
  if (typeof entry?.kind !== 'string' || typeof entry.apiVersion !== 'string') return null;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
    kindVersion: { kind: entry.kind, version: entry.apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: read.SignedEntryTimestamp },
    canonicalizedBody: body,
  };
}

function timestampOf(text: string): string | null {
  const value = text === '' ? null : objectIn(text)?.SignedRFC3161Timestamp;
  return typeof value === 'string' ? value : null;
}
