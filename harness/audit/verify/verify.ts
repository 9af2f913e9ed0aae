import { createHash } from 'node:crypto';
import { fromBase64, formSignedBy } from '../../attest/dsse.ts';
import { readInToto } from '../../attest/read-statement.ts';
import { signatureForm } from '../../attest/signature.ts';
import type { Statement } from '../../attest/statements.ts';
import { TwinproofError, errorLine } from '../../errors.ts';
import { MAX_DOCUMENT_BYTES } from '../../oci/limits.ts';
import type { Document } from '../../oci/types.ts';
import type { FoundStatement } from '../find/types.ts';
import { simpleSubject, subjectsOf } from './about.ts';
import { verifyByCertificate, verifyLog } from './by-certificate.ts';
import { type Identity, claimedIdentity } from './identity.ts';
import { type Role, builtAt, faultOfPredicate, roleOf } from './predicates.ts';
import { type MessageDigest, type Refusal, type Signed, refusal } from './signed.ts';
import type { Status } from './status.ts';
import { isLookedInto, takeApart } from './take-apart.ts';
import type { Trust } from './trust.ts';

/** Who signed, and how that was found out. */
export interface Signer {
  by: 'key' | 'certificate';
  /** The form of the signature, or whom the certificate names. */
  detail: string;
  /** Of a transparency log. */
  log: 'verified' | 'not-checked' | 'none';
}

/** What became of one thing that was found. */
export interface Judged {
  status: Status;
  message: string;
  role: Role | null;
  predicateType: string | null;
  /** Digests of those parts of the image that it speaks about; of what is verified or `unsigned` only. */
  subjects: string[];
  signer: Signer | null;
  /** Milliseconds since 1970, as it says itself. */
  builtAt: number | null;
  statement: Statement | null;
}

const NOTHING = {
  role: null,
  predicateType: null,
  subjects: [],
  signer: null,
  builtAt: null,
  statement: null,
};

/** Verifies one thing that was found; never throws for what is in it. */
export async function judge(
  found: FoundStatement,
  documents: readonly Document[],
  trust: Trust,
): Promise<Judged> {
  if (!isLookedInto(found.mediaType))
    return { ...NOTHING, ...refusal('not-read', `of type ${found.mediaType.slice(0, 100)}`) };
  if (found.size > MAX_DOCUMENT_BYTES)
    return {
      ...NOTHING,
      ...refusal('too-large', `${found.size} bytes; ${MAX_DOCUMENT_BYTES} are read at most`),
    };
  const bytes = await found.read().catch((error: unknown) => {
    if (error instanceof TwinproofError && error.code === 'image-invalid') return errorLine(error);
    throw error;
  });
  if (typeof bytes === 'string') return { ...NOTHING, ...refusal('unreadable', bytes) };
  const taken = takeApart(bytes, found);
  if ('status' in taken) return { ...NOTHING, ...taken };
  if ('statement' in taken) return readUnsigned(taken.statement, documents);
  return judgeSigned(taken.signed, found, documents, trust);
}

/** Whom the certificate of something names, unverified; null where it has none that can be read. */
export async function claimedBy(found: Omit<FoundStatement, 'id'>): Promise<Identity | null> {
  if (!isLookedInto(found.mediaType) || found.size > MAX_DOCUMENT_BYTES) return null;
  const bytes = await found.read().catch(() => null);
  const taken = bytes === null ? null : takeApart(bytes, found);
  if (taken === null || !('signed' in taken) || taken.signed.bundle === null) return null;
  return claimedIdentity(taken.signed.bundle);
}

function readUnsigned(payload: Buffer, documents: readonly Document[]): Judged {
  const reported = readStatement(payload, documents);
  return reported.status === 'verified'
    ? { ...reported, status: 'unsigned', message: 'a statement that nobody signed' }
    : reported;
}

function judgeSigned(
  signed: Signed,
  { about }: FoundStatement,
  documents: readonly Document[],
  trust: Trust,
): Judged {
  const { content } = signed;
  const manifest = content.kind === 'manifest' ? manifestOf(content.digest, about, documents) : undefined;
  if (manifest === null)
    return { ...NOTHING, ...refusal('other-subject', 'a signature of something else than this image') };
  const artifact = artifactOf(content, manifest);
  const signer = signerOf(signed, artifact, trust);
  if ('status' in signer) return { ...NOTHING, ...signer };
  switch (content.kind) {
    case 'envelope':
      return { ...readStatement(fromBase64(content.envelope.payload) ?? Buffer.of(), documents), signer };
    case 'simple-signing':
      return { ...signatureOf(simpleSubject(content.payload, documents)), signer };
    case 'manifest':
      return { ...signatureOf(manifest === undefined ? [] : [manifest.digest]), signer };
  }
}

/** The manifest that a signature says it is of, which must be the one that it hangs at; null where it is of none. */
function manifestOf(
  { algorithm, digest }: MessageDigest,
  about: string | null,
  documents: readonly Document[],
): Document | null {
  return (
    documents.find(
      (one) =>
        (about === null || about === one.digest) &&
        createHash(algorithm).update(one.bytes).digest().equals(digest),
    ) ?? null
  );
}

/** What a signature is of, where that is no envelope. */
function artifactOf(content: Signed['content'], manifest: Document | undefined): Buffer | undefined {
  if (content.kind === 'simple-signing') return content.payload;
  return content.kind === 'manifest' ? Buffer.from(manifest?.bytes ?? Buffer.of()) : undefined;
}

function signatureOf(subjects: string[] | Refusal): Judged {
  if (!Array.isArray(subjects)) return { ...NOTHING, role: 'signature', ...subjects };
  return {
    ...NOTHING,
    role: 'signature',
    status: 'verified',
    message: 'a signature of this image',
    subjects,
  };
}

function readStatement(payload: Buffer, documents: readonly Document[]): Judged {
  const read = readInToto(payload);
  if ('fault' in read) return { ...NOTHING, ...refusal('malformed', read.fault) };
  const { statement } = read;
  const { predicateType, predicate } = statement;
  const known = { ...NOTHING, predicateType, role: roleOf(predicateType) };
  const fault = faultOfPredicate(predicateType, predicate);
  if (fault !== null) return { ...known, ...refusal('predicate-invalid', fault) };
  const subjects = subjectsOf(statement, documents);
  if (!Array.isArray(subjects)) return { ...known, ...subjects };
  const at = builtAt(predicateType, predicate);
  return {
    ...known,
    status: 'verified',
    message: 'a statement about this image',
    subjects,
    builtAt: at,
    statement,
  };
}

function signerOf(signed: Signed, artifact: Buffer | undefined, trust: Trust): Signer | Refusal {
  if (trust.key !== null) return signerByKey(signed, artifact, { ...trust, key: trust.key });
  if (trust.root === null) return refusal('not-verified', 'neither a key nor a trusted root was given');
  if (!signed.hasCertificate || signed.bundle === null)
    return refusal('not-verified', 'signed with a key, which was not given; there is no certificate');
  const is = verifyByCertificate(
    signed.bundle,
    { ...trust, root: trust.root },
    { artifact, content: signed.content },
  );
  if ('status' in is) return is;
  return {
    by: 'certificate',
    detail: `${is.identity}, vouched for by ${is.issuer}`,
    log: signed.hasLog ? 'verified' : 'none',
  };
}

type WithKey = Trust & { key: NonNullable<Trust['key']> };

function signerByKey(signed: Signed, artifact: Buffer | undefined, { key, root }: WithKey): Signer | Refusal {
  const form = formOf(signed.content, artifact, key.object);
  if (form === null) return notByKey(signed, key.names);
  if (!signed.hasLog || signed.bundle === null) return { by: 'key', detail: form, log: 'none' };
  if (root === null) return { by: 'key', detail: form, log: 'not-checked' };
  return (
    verifyLog(signed.bundle, { root, publicKey: key.object }, { artifact, content: signed.content }) ?? {
      by: 'key',
      detail: form,
      log: 'verified',
    }
  );
}

function formOf(
  content: Signed['content'],
  artifact: Buffer | undefined,
  key: WithKey['key']['object'],
): string | null {
  if (content.kind === 'envelope') return formSignedBy(content.envelope, key);
  return artifact === undefined || artifact.length === 0
    ? null
    : signatureForm(artifact, content.signature, key);
}

function notByKey({ names, hasCertificate, bundle }: Signed, own: ReadonlySet<string>): Refusal {
  if (hasCertificate) {
    const claimed = bundle === null ? null : claimedIdentity(bundle);
    const whose = claimed === null ? '' : ` that names ${claimed.identity}`;
    return refusal('wrong-key', `signed with a certificate${whose}, not with the key given`);
  }
  if (names.some((name) => own.has(name)))
    return refusal(
      'changed',
      'it names the key given, and the signature does not fit: what was signed was changed',
    );
  if (names.length > 0)
    return refusal('wrong-key', `signed with another key, ${names.slice(0, 3).join(', ').slice(0, 200)}`);
  return refusal('bad-signature', 'the signature is not of this key, or what it signs was changed');
}
