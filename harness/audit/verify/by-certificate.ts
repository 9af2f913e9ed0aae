import type { KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import {
  type Signer,
  type TrustMaterial,
  VerificationError,
  Verifier,
  type VerifierOptions,
  toSignedEntity,
  toTrustMaterial,
} from '@sigstore/verify';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { escapeText } from '../../oci/escape.ts';
import type { Json } from '../../oci/types.ts';
import type { Status } from './status.ts';
import { isOldEntry, verifyOldEntries } from './intoto-log.ts';
import { type Refusal, type Signed, refusal } from './signed.ts';
import type { Trust } from './trust.ts';

/** What was signed, beside its bundle. */
interface SignedThing {
  /** Where it is no envelope. */
  artifact: Buffer | undefined;
  content: Signed['content'];
}

/** Whom a certificate names. */
export interface Identity {
  identity: string;
  issuer: string;
}

/**
 * Verifies a bundle with a certificate: timestamps, chain to the root, the certificate's own log, the transparency log,
 * the signature, and at last who signed.
 */
export function verifyByCertificate(
  bundle: Json,
  { root, identity, issuer }: Trust & { root: TrustedRoot },
  signed: SignedThing,
): Identity | Refusal {
  const signer = verified(bundle, signed, { material: toTrustMaterial(root), options: {} });
  if ('status' in signer) return signer;
  const is: Identity = {
    identity: signer.identity?.subjectAlternativeName ?? '',
    issuer: signer.identity?.extensions?.issuer ?? '',
  };
  // Compared here: as a policy, Sigstore's verifier takes an identity for a pattern that may stand anywhere.
  if (identity?.fits(is.identity) !== true)
    return refusal('other-identity', `signed by ${is.identity}, not by ${identity?.said ?? 'anybody named'}`);
  if (issuer?.fits(is.issuer) !== true)
    return refusal(
      'other-identity',
      `${is.identity} is vouched for by ${is.issuer}, not by ${issuer?.said ?? ''}`,
    );
  return is;
}

/** Checks the transparency log's proof of a signature with a key, whose own signature was checked before. */
export function verifyLog(
  bundle: Json,
  { root, publicKey }: { root: TrustedRoot; publicKey: KeyObject },
  signed: SignedThing,
): Refusal | null {
  const material = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
  const options = { tlogThreshold: 1, timestampThreshold: 0, ctlogThreshold: 0 };
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const signer = verified(bundle, signed, { material, options, spki });
  // The signature comes last there, and only in DER; here it was checked in every form.
  return 'status' in signer && signer.status !== 'changed' ? signer : null;
}

interface Means {
  material: TrustMaterial;
  options: VerifierOptions;
  /** Of the key that was given; absent where a certificate signed. */
  spki?: Buffer;
}

function verified(bundle: Json, { artifact, content }: SignedThing, means: Means): Signer | Refusal {
  try {
    const entity = toSignedEntity(bundleFromJSON(bundle), artifact);
    if (!entity.tlogEntries.some(isOldEntry))
      return new Verifier(means.material, means.options).verify(entity);
    if (content.kind !== 'envelope' || content.bytes.length === 0)
      return refusal(
        'log-invalid',
        'the entry of the log is of an envelope that is not there as it was logged',
      );
    const { key } = entity;
    const refused = verifyOldEntries(entity.tlogEntries, means.material.tlogs, {
      envelope: content.bytes,
      payload: Buffer.from(content.envelope.payload, 'base64'),
      signer: key.$case === 'certificate' ? key.certificate.root.toDER() : (means.spki ?? Buffer.of()),
    });
    // The time at which the certificate must be valid is the entry's, which the log has signed.
    const rest = { ...entity, tlogEntries: [] };
    return refused ?? new Verifier(means.material, { ...means.options, tlogThreshold: 0 }).verify(rest);
  } catch (error) {
    // Sigstore's readers throw all kinds of errors at hostile certificates and proofs.
    const message = escapeText(error instanceof Error ? error.message : String(error)).slice(0, 300);
    return refusal(error instanceof VerificationError ? statusOf(error.code) : 'malformed', message);
  }
}

function statusOf(code: string): Status {
  switch (code) {
    case 'SIGNATURE_ERROR':
      return 'changed';
    case 'CERTIFICATE_ERROR':
      return 'untrusted-certificate';
    case 'PUBLIC_KEY_ERROR':
      return 'wrong-key';
    default:
      return 'log-invalid';
  }
}

/** Whom the certificate of a bundle names, unverified, for a hint; null where it cannot be read. */
export function claimedIdentity(bundle: Json): Identity | null {
  try {
    const { key } = toSignedEntity(bundleFromJSON(bundle), Buffer.of());
    if (key.$case !== 'certificate') return null;
    const { certificate } = key;
    const second = certificate.extension('1.3.6.1.4.1.57264.1.8')?.valueObj.subs[0]?.value;
    const first = certificate.extension('1.3.6.1.4.1.57264.1.1')?.value;
    return {
      identity: certificate.subjectAltName ?? '',
      issuer: (second ?? first ?? Buffer.of()).toString('ascii'),
    };
  } catch {
    return null;
  }
}
