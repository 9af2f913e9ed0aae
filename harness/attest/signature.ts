import { type KeyObject, constants, verify } from 'node:crypto';

/** How a signature is written. */
export type SignatureForm = 'Ed25519' | 'ECDSA (DER)' | 'ECDSA (P1363)' | 'RSA (PKCS #1 v1.5)' | 'RSA (PSS)';

/** Of a curve the hash that goes with it, and SHA-256, which cosign v2 uses with all of them. */
const HASHES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['sha256'],
  secp384r1: ['sha384', 'sha256'],
  secp521r1: ['sha512', 'sha256'],
};

/**
 * The form of a signature that is of this key; null where it is not, whatever the reason. ECDSA signatures come in two
 * forms: DER, and both numbers side by side.
 */
export function signatureForm(signed: Buffer, signature: Buffer, key: KeyObject): SignatureForm | null {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return verify(null, signed, key, signature) ? 'Ed25519' : null;
    case 'ec':
      return ecdsaForm(signed, signature, key);
    case 'rsa':
      return rsaForm(signed, signature, key);
    default:
      return null;
  }
}

function ecdsaForm(signed: Buffer, signature: Buffer, key: KeyObject): SignatureForm | null {
  for (const hash of HASHES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? []) {
    if (verify(hash, signed, { key, dsaEncoding: 'der' }, signature)) return 'ECDSA (DER)';
    if (verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) return 'ECDSA (P1363)';
  }
  return null;
}

function rsaForm(signed: Buffer, signature: Buffer, key: KeyObject): SignatureForm | null {
  const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  if (verify('sha256', signed, { key, padding: RSA_PKCS1_PADDING }, signature)) return 'RSA (PKCS #1 v1.5)';
  return verify('sha256', signed, { key, padding: RSA_PKCS1_PSS_PADDING, saltLength }, signature)
    ? 'RSA (PSS)'
    : null;
}
