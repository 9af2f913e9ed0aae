import { type KeyObject, createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A transparency log for tests: Rekor v1 and v2, of which each entry is the only one in its tree. */

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
export const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** Types of entries that clients write. */
export type EntryKind = `${'hashedrekord' | 'dsse' | 'intoto'} ${'0.0.1' | '0.0.2'}`;

export interface LogEntry {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  integratedTime?: string;
  canonicalizedBody: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof?: {
    logIndex: string;
    rootHash: string;
    treeSize: string;
    hashes: string[];
    checkpoint: { envelope: string };
  };
}

/** Types of which a log of Rekor v1 has the time; those of v2 need an authority for timestamps. */
export const REKOR_1: readonly EntryKind[] = ['hashedrekord 0.0.1', 'dsse 0.0.1', 'intoto 0.0.2'];
export const REKOR_2: readonly EntryKind[] = ['hashedrekord 0.0.2', 'dsse 0.0.2'];

/** What is logged. */
export interface Logged {
  /** What the signature is over: an artifact, or the pre-authentication encoding of an envelope. */
  signed: Buffer;
  signature: Buffer;
  /** PEM of the certificate or public key. */
  signer: string;
  /** Of an envelope. */
  payload?: Buffer;
  /** The envelope as it is pushed. */
  envelope?: Buffer;
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
const hash = (bytes: Uint8Array): object => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
const digestOf = (bytes: Uint8Array): object => ({ algorithm: 'SHA2_256', digest: base64(sha256(bytes)) });

function specOf(kind: EntryKind, { signed, signature, signer, payload, envelope }: Logged): object {
  const [none, verifier] = [Buffer.of(), verifierOf(signer)];
  switch (kind) {
    case 'hashedrekord 0.0.1':
      return {
        signature: { content: base64(signature), publicKey: { content: base64(signer) } },
        data: { hash: hash(signed) },
      };
    case 'hashedrekord 0.0.2':
      return {
        hashedRekordV002: { data: digestOf(signed), signature: { content: base64(signature), verifier } },
      };
    case 'dsse 0.0.1':
      return {
        payloadHash: hash(payload ?? none),
        signatures: [{ signature: base64(signature), verifier: base64(signer) }],
      };
    case 'dsse 0.0.2':
      return {
        dsseV002: {
          payloadHash: digestOf(payload ?? none),
          signatures: [{ content: base64(signature), verifier }],
        },
      };
    case 'intoto 0.0.1':
      return {
        content: { hash: hash(envelope ?? none), payloadHash: hash(payload ?? none) },
        publicKey: base64(signer),
      };
    case 'intoto 0.0.2': {
      const signatures = [{ sig: base64(base64(signature)), publicKey: base64(signer) }];
      return { content: { envelope: { signatures }, payloadHash: hash(payload ?? none) } };
    }
  }
}

function verifierOf(pem: string): object {
  const rawBytes = pem.replace(/-----[^-]*-----|\s/g, '');
  const keyDetails = 'PKIX_ECDSA_P256_SHA_256';
  return pem.includes('CERTIFICATE')
    ? { x509Certificate: { rawBytes }, keyDetails }
    : { publicKey: { rawBytes }, keyDetails };
}

export class TestLog {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #now: Date;

  constructor(now: Date) {
    this.#now = now;
  }

  /** As it stands in a trusted root. */
  trusted(start: Date): object {
    return trustedLog(this.#keys.publicKey, start);
  }

  /** Rekor v1 promises to log it, and can prove it; Rekor v2 proves it, and knows no time. */
  entry(kind: EntryKind, logged: Logged): LogEntry {
    const [name = '', version = ''] = kind.split(' ');
    const body = Buffer.from(JSON.stringify({ apiVersion: version, kind: name, spec: specOf(kind, logged) }));
    const entry = {
      logIndex: '0',
      logId: { keyId: base64(this.#id) },
      kindVersion: { kind: name, version },
      canonicalizedBody: base64(body),
      inclusionProof: this.#proof(body),
    };
    return version === '0.0.2' && name !== 'intoto' ? entry : { ...entry, ...this.#promise(body) };
  }

  get #id(): Buffer {
    return sha256(spki(this.#keys.publicKey));
  }

  #promise(body: Buffer): Pick<LogEntry, 'integratedTime' | 'inclusionPromise'> {
    const integratedTime = Math.floor(this.#now.getTime() / 1000);
    const [id, text] = [this.#id.toString('hex'), base64(body)];
    const promised = JSON.stringify({ body: text, integratedTime, logID: id, logIndex: 0 });
    const signedEntryTimestamp = base64(sign('sha256', Buffer.from(promised), this.#keys.privateKey));
    return { integratedTime: String(integratedTime), inclusionPromise: { signedEntryTimestamp } };
  }

  /** RFC 6962 of a tree with one leaf, and a checkpoint of it. */
  #proof(body: Buffer): NonNullable<LogEntry['inclusionProof']> {
    const rootHash = base64(sha256(Buffer.concat([Buffer.of(0), body])));
    const note = `log.example\n1\n${rootHash}\n`;
    const signature = sign('sha256', Buffer.from(note), this.#keys.privateKey);
    const line = base64(Buffer.concat([this.#id.subarray(0, 4), signature]));
    const checkpoint = { envelope: `${note}\n— log.example ${line}\n` };
    return { logIndex: '0', rootHash, treeSize: '1', hashes: [], checkpoint };
  }
}

export const trustedLog = (key: KeyObject, start: Date): object => ({
  baseUrl: 'https://log.example',
  hashAlgorithm: 'SHA2_256',
  publicKey: {
    rawBytes: base64(spki(key)),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor: { start: start.toISOString() },
  },
  logId: { keyId: base64(sha256(spki(key))) },
});
