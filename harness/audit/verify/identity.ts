import { X509Certificate as NodeCertificate } from 'node:crypto';
import type { X509Certificate } from '@sigstore/core';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity } from '@sigstore/verify';
import type { Json } from '../../oci/types.ts';

/** Whom a certificate names. */
export interface Identity {
  identity: string;
  issuer: string;
}

/** Extensions of Fulcio's certificates (fulcio/docs/oid-info.md); the first version of the issuer is no DER. */
const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const ALTERNATIVE_NAMES = '2.5.29.17';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/** Kinds of names by their tags (RFC 5280, section 4.2.1.6), the one that counts first. */
const URI = 6;
const EMAIL = 1;
const OTHER_NAME = 0;

/**
 * Read as UTF-8, so that nothing that is not ASCII comes out as ASCII. Empty where a certificate names nobody.
 * @throws Error of all kinds for hostile certificates
 */
export function identityOf(certificate: X509Certificate): Identity {
  const names = certificate.extension(ALTERNATIVE_NAMES)?.valueObj.subs[0]?.subs ?? [];
  const named = (tag: number) => names.find((one) => one.tag.isContextSpecific(tag));
  const other = named(OTHER_NAME)?.subs[1]?.subs[0]?.value;
  const name = named(URI)?.value ?? named(EMAIL)?.value ?? other;
  const issuer =
    certificate.extension(ISSUER_V2)?.valueObj.subs[0]?.value ?? certificate.extension(ISSUER_V1)?.value;
  return { identity: textOf(name), issuer: textOf(issuer) };
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? Buffer.of()).toString();

/** An authority may give out certificates for servers and mail, too. */
export const isForCode = (der: Buffer): boolean =>
  (new NodeCertificate(der).keyUsage as string[] | undefined)?.includes(CODE_SIGNING) === true;

/** Whom the certificate of a bundle names, unverified, for a hint; null where it cannot be read. */
export function claimedIdentity(bundle: Json): Identity | null {
  try {
    const { key } = toSignedEntity(bundleFromJSON(bundle), Buffer.of());
    return key.$case === 'certificate' ? identityOf(key.certificate) : null;
  } catch {
    return null;
  }
}
