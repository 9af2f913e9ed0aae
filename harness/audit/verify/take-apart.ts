import { bundleFromJSON } from '@sigstore/bundle';
import { type Envelope, PAYLOAD_TYPE, fromBase64 } from '../../attest/dsse.ts';
import { isBundle } from '../../attest/bundle.ts';
import { parseEnvelope } from '../../attest/envelopes.ts';
import { readExactJson } from '../../attest/exact-json.ts';
import { escapeText } from '../../oci/escape.ts';
import type { Json, JsonObject } from '../../oci/types.ts';
import type { FoundStatement } from '../find/types.ts';
import { SIGNATURE, bundleOfAnnotations } from './cosign-v2.ts';
import { type MessageDigest, type Refusal, type Signed, type Taken, refusal } from './signed.ts';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** Types that are looked into. What they hold is recognised by its content, not by what its type says. */
const LOOKED_INTO = [
  /^application\/vnd\.dsse\.envelope\.v1\+json$/,
  /^application\/vnd\.dev\.sigstore\.bundle/,
  /^application\/vnd\.dev\.cosign\.simplesigning\.v1\+json$/,
  /^application\/vnd\.in-toto\b.*$/,
  /^application\/json$/,
];

/** Whether something of that type may be signed. */
export const isLookedInto = (mediaType: string): boolean => LOOKED_INTO.some((type) => type.test(mediaType));

/** What was found, by what it is. */
export function takeApart(
  bytes: Buffer,
  { mediaType, annotations }: Pick<FoundStatement, 'mediaType' | 'annotations'>,
): Taken {
  if (bytes.length === 0) return refusal('empty', 'there are no bytes');
  if (mediaType === SIMPLE_SIGNING) return simpleSigning(bytes, annotations);
  const json = readExactJson(bytes);
  if ('fault' in json) return refusal('malformed', `the document ${json.fault}`);
  const { value } = json;
  if (!isObject(value)) return refusal('malformed', 'the document is no object');
  if (isBundle(value)) return fromBundle(value);
  if ('payload' in value || 'signatures' in value) return fromEnvelope(bytes, value, annotations);
  if ('_type' in value || 'predicateType' in value) return { statement: bytes };
  return refusal('malformed', 'neither an envelope, nor a Sigstore bundle, nor a statement');
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function simpleSigning(payload: Buffer, annotations: FoundStatement['annotations']): Taken {
  const signature = fromBase64(annotations[SIGNATURE] ?? '');
  if (signature === null || signature.length === 0)
    return refusal('unsigned', `the annotation ${SIGNATURE} holds no signature`);
  const content = { kind: 'simple-signing' as const, payload, signature };
  return withAnnotations(content, annotations, []);
}

function fromEnvelope(bytes: Buffer, value: Json, annotations: FoundStatement['annotations']): Taken {
  const envelope = checkedEnvelope(value);
  if ('status' in envelope) return envelope;
  const names = envelope.signatures.flatMap(({ keyid }) =>
    keyid === undefined || keyid === '' ? [] : [keyid],
  );
  return withAnnotations({ kind: 'envelope', envelope, bytes }, annotations, names);
}

function withAnnotations(
  content: Exclude<Signed['content'], { kind: 'manifest' }>,
  annotations: FoundStatement['annotations'],
  names: string[],
): Taken {
  const made = bundleOfAnnotations(content, annotations);
  return 'fault' in made ? refusal('malformed', made.fault) : { signed: { content, names, ...made } };
}

function checkedEnvelope(value: Json | undefined): Envelope | Refusal {
  const type = isObject(value) ? value.payloadType : undefined;
  if (typeof type === 'string' && type !== PAYLOAD_TYPE)
    return refusal(
      'malformed',
      `the payload is of type ${JSON.stringify(type.slice(0, 100))}, no in-toto statement`,
    );
  const read = parseEnvelope(value ?? null);
  if ('fault' in read) return refusal('malformed', `no DSSE envelope: ${read.fault}`);
  if (read.envelope.payload === '') return refusal('empty', 'the payload is empty');
  if (read.envelope.signatures.length === 0) return refusal('unsigned', 'the envelope has no signatures');
  return read.envelope;
}

/** Sigstore bundle v0.1 to v0.3, by either of the names that their type has had. */
const VERSIONS = /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=0\.[123]|\.v0\.[123]\+json)$/;

function fromBundle(bundle: JsonObject): Taken {
  const fault = faultOfBundle(bundle);
  if (fault !== null) return refusal('malformed', fault);
  const material = isObject(bundle.verificationMaterial) ? bundle.verificationMaterial : {};
  const hint = isObject(material.publicKey) ? material.publicKey.hint : undefined;
  const facts = {
    bundle,
    hasCertificate: 'certificate' in material || 'x509CertificateChain' in material,
    hasLog: Array.isArray(material.tlogEntries) && material.tlogEntries.length > 0,
    names: typeof hint === 'string' && hint !== '' ? [hint] : [],
  };
  if ('dsseEnvelope' in bundle === 'messageSignature' in bundle)
    return refusal('malformed', 'a bundle holds either an envelope or a signature');
  if ('dsseEnvelope' in bundle) {
    const envelope = checkedEnvelope(bundle.dsseEnvelope);
    if ('status' in envelope) return envelope;
    if (envelope.signatures.length !== 1)
      return refusal('malformed', 'the envelope of a bundle has exactly one signature');
    return { signed: { content: { kind: 'envelope', envelope, bytes: Buffer.of() }, ...facts } };
  }
  const message = isObject(bundle.messageSignature) ? bundle.messageSignature : {};
  const signature = typeof message.signature === 'string' ? fromBase64(message.signature) : null;
  if (signature === null || signature.length === 0) return refusal('malformed', 'the signature is no base64');
  const digest = digestIn(message.messageDigest);
  if (digest === null) return refusal('malformed', 'the signature is of no digest that is read here');
  return { signed: { content: { kind: 'manifest', signature, digest }, ...facts } };
}

/** What every version of a bundle must have, also where a key signed and Sigstore's verifier is not asked. */
function faultOfBundle(bundle: JsonObject): string | null {
  if (typeof bundle.mediaType !== 'string' || !VERSIONS.test(bundle.mediaType))
    return `a bundle of type ${JSON.stringify(bundle.mediaType).slice(0, 100)} is not read here`;
  try {
    bundleFromJSON(bundle);
    return null;
  } catch (error) {
    // Sigstore's reader throws all kinds of errors at hostile bundles.
    return escapeText(error instanceof Error ? error.message : String(error)).slice(0, 300);
  }
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  SHA2_256: 'sha256',
  SHA2_384: 'sha384',
  SHA2_512: 'sha512',
};

function digestIn(value: Json | undefined): MessageDigest | null {
  const { algorithm, digest } = isObject(value) ? value : {};
  const name = typeof algorithm === 'string' ? ALGORITHMS[algorithm] : undefined;
  const bytes = typeof digest === 'string' ? fromBase64(digest) : null;
  return name === undefined || bytes === null ? null : { algorithm: name, digest: bytes };
}
