import type { KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import {
  type SignedEntity,
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
import { type Identity, identityOf, isForCode } from './identity.ts';
import { isOldEntry, verifyOldEntries } from './intoto-log.ts';
import { refuseOtherSigner } from './log-body.ts';
import { type Refusal, type Signed, refusal } from './signed.ts';
import type { Trust } from './trust.ts';

/** What was signed, beside its bundle. */
interface SignedThing {
  /** Where it is no envelope. */
  artifact: Buffer | undefined;
  content: Signed['content'];
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
  const entity = entityIn(bundle, signed);
  if ('status' in entity) return entity;
  const refused = refusedBy(entity, signed, { material: toTrustMaterial(root), options: {} });
  if (refused !== null) return refused;
  return attempt(() => {
    const { key } = entity;
    if (key.$case !== 'certificate') return refusal('wrong-key', 'there is no certificate');
    if (!isForCode(key.certificate.root.toDER()))
      return refusal('untrusted-certificate', 'the certificate is not for signing code');
    const is = identityOf(key.certificate);
    // Compared here: as a policy, Sigstore's verifier takes an identity for a pattern that may stand anywhere.
    if (identity?.fits(is.identity) !== true)
      return refusal(
        'other-identity',
        `signed by ${is.identity}, not by ${identity?.said ?? 'anybody named'}`,
      );
    if (issuer?.fits(is.issuer) !== true)
      return refusal(
        'other-identity',
        `${is.identity} is vouched for by ${is.issuer}, not by ${issuer?.said ?? ''}`,
      );
    return is;
  });
}

/** Checks the transparency log's proof of a signature with a key, whose own signature was checked before. */
export function verifyLog(
  bundle: Json,
  { root, publicKey }: { root: TrustedRoot; publicKey: KeyObject },
  signed: SignedThing,
): Refusal | null {
  const entity = entityIn(bundle, signed);
  if ('status' in entity) return entity;
  const refused = refusedBy(entity, signed, {
    material: toTrustMaterial(root, () => ({ publicKey, validFor: () => true })),
    options: { tlogThreshold: 1, timestampThreshold: 0, ctlogThreshold: 0 },
    spki: publicKey.export({ type: 'spki', format: 'der' }),
  });
  // The signature comes last there, and only in DER; here it was checked in every form.
  return refused?.status === 'changed' ? null : refused;
}

interface Means {
  material: TrustMaterial;
  options: VerifierOptions;
  /** Of the key that was given; absent where a certificate signed. */
  spki?: Buffer;
}

const entityIn = (bundle: Json, { artifact }: SignedThing): SignedEntity | Refusal =>
  attempt(() => toSignedEntity(bundleFromJSON(bundle), artifact));

/** What is wrong with a bundle; its signature comes last. */
function refusedBy(entity: SignedEntity, { content }: SignedThing, means: Means): Refusal | null {
  const { key, tlogEntries } = entity;
  const signer = key.$case === 'certificate' ? key.certificate.root.toDER() : (means.spki ?? Buffer.of());
  return attempt(() => {
    const { material, options } = means;
    if (!tlogEntries.some(isOldEntry)) {
      const foreign = refuseOtherSigner(tlogEntries, signer);
      if (foreign === null) new Verifier(material, options).verify(entity);
      return foreign;
    }
    if (content.kind !== 'envelope' || content.bytes.length === 0)
      return refusal(
        'log-invalid',
        'the entry of the log is of an envelope that is not there as it was logged',
      );
    const refused = verifyOldEntries(tlogEntries, material.tlogs, {
      envelope: content.bytes,
      payload: Buffer.from(content.envelope.payload, 'base64'),
      signer,
    });
    // The time at which the certificate must be valid is the entry's, which the log has signed.
    if (refused === null)
      new Verifier(material, { ...options, tlogThreshold: 0 }).verify({ ...entity, tlogEntries: [] });
    return refused;
  });
}

/** Sigstore's readers throw all kinds of errors at hostile certificates and proofs. */
function attempt<Result>(step: () => Result): Result | Refusal {
  try {
    return step();
  } catch (error) {
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
