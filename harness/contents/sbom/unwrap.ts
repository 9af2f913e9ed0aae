import type { Json, JsonObject } from '../../oci/types.ts';

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Parse = (bytes: Uint8Array) => Json;

/** What carries an SBOM has an envelope, a statement and a wrapper of cosign's, one within the other. */
const MOST_LAYERS = 4;

interface Unwrapped {
  document: Json;
  /** Digests of what the statement is about. */
  subjects: string[];
}

/**
 * The SBOM in what carries it: an in-toto statement, the DSSE envelope or Sigstore bundle around one, and the `Data` in which older
 * cosign puts a predicate. Anything else is as it is. Signatures are not looked at.
 */
export function unwrapped(value: Json, parse: Parse): Unwrapped {
  const found: Unwrapped = { document: value, subjects: [] };
  for (let layer = 0; layer < MOST_LAYERS && isObject(found.document); layer++) {
    const inner = innerOf(found.document, parse);
    if (inner === undefined) break;
    found.subjects.push(...subjectsOf(found.document));
    found.document = inner;
  }
  return found;
}

function innerOf(document: JsonObject, parse: Parse): Json | undefined {
  if ('spdxVersion' in document || 'bomFormat' in document) return undefined;
  const { dsseEnvelope, payload, payloadType, predicate, Data } = document;
  if (isObject(dsseEnvelope)) return dsseEnvelope;
  if (typeof payload === 'string' && typeof payloadType === 'string')
    return parse(Buffer.from(payload, 'base64'));
  if (predicate !== undefined) return predicate;
  return typeof Data === 'string' ? parse(Buffer.from(Data)) : Data;
}

function subjectsOf({ subject }: JsonObject): string[] {
  return (Array.isArray(subject) ? subject : []).flatMap((item) => {
    const sha256 = isObject(item) && isObject(item.digest) ? item.digest.sha256 : undefined;
    return typeof sha256 === 'string' ? [`sha256:${sha256.toLowerCase()}`] : [];
  });
}
