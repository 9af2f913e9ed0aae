import {
  generateKeyPairSync,
  sign,
  webcrypto,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { X509Certificate, dsse } from '@sigstore/core';
import { PAYLOAD_TYPE } from '../../attest/dsse.ts';
import { type EntryKind, type LogEntry, TestLog, sha256, spki, trustedLog } from './rekor.ts';

/** A Sigstore instance of its own for tests: an authority for certificates, their log, and a transparency log. */

interface Who {
  identity: string;
  issuer: string;
}

export const WHO: Who = {
  identity: 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
};

/** A bundle v0.1 of an envelope whose entry in the log has a promise. */
export interface SignedBundle {
  mediaType: string;
  verificationMaterial: {
    x509CertificateChain: { certificates: { rawBytes: string }[] };
    tlogEntries: (LogEntry & { inclusionPromise: { signedEntryTimestamp: string } })[];
  };
  dsseEnvelope: { payloadType: string; payload: string; signatures: { sig: string }[] };
}

/** How something is signed; what is not said is usual. */
export interface HowSigned {
  who?: Partial<Who>;
  version?: '0.1' | '0.2' | '0.3';
  entry?: EntryKind;
  /** The signer that the log names, in place of the right one. */
  loggedSigner?: string;
  /** What the certificate may be used for. */
  usages?: string[];
  /** Signed timestamps over the signature, in base64. */
  timestamps?: (signature: Buffer) => Promise<string[]>;
}

/** Any bundle. */
export interface AnyBundle {
  mediaType: string;
  verificationMaterial: Record<string, unknown> & { tlogEntries: LogEntry[] };
  [content: string]: unknown;
}

const NOW = new Date('2026-03-01T12:00:00Z');
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SCTS = '1.3.6.1.4.1.11129.2.4.2';
const ISSUER = '1.3.6.1.4.1.57264.1.8';

const newKey = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const pemOf = (rawBytes: string): string =>
  `-----BEGIN CERTIFICATE-----\n${rawBytes}\n-----END CERTIFICATE-----\n`;

const minutesFrom =
  (now: Date) =>
  (count: number): Date =>
    new Date(now.getTime() + count * 60_000);

/** DER of one element below 64 KiB. */
function der(tag: number, body: Uint8Array): Buffer {
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), body]);
}

function uint(value: number, bytes: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out.subarray(8 - bytes);
}

export class TestSigstore {
  readonly #ctlog = newKey();
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #authority: x509.X509Certificate;
  readonly #now: Date;
  readonly log: TestLog;

  private constructor(keys: webcrypto.CryptoKeyPair, authority: x509.X509Certificate, now: Date) {
    this.#keys = keys;
    this.#authority = authority;
    this.#now = now;
    this.log = new TestLog(now);
  }

  /** @param now when everything is signed */
  static async start(now = NOW): Promise<TestSigstore> {
    const minutes = minutesFrom(now);
    x509.cryptoProvider.set(webcrypto as never);
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const authority = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=test authority',
      serialNumber: '01',
      notBefore: minutes(-1000),
      notAfter: minutes(1_000_000),
      keys: keys as never,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new TestSigstore(keys, authority, now);
  }

  /** What `--trusted-root` takes. */
  get root(): string {
    return this.rootWith([]);
  }

  rootWith(timestampAuthorities: object[]): string {
    const rawBytes = Buffer.from(this.#authority.rawData).toString('base64');
    const start = minutesFrom(this.#now)(-1000);
    const validFor = { start: start.toISOString() };
    const subject = { organization: 'test', commonName: 'test authority' };
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [this.log.trusted(start)],
      ctlogs: [trustedLog(this.#ctlog.publicKey, start)],
      certificateAuthorities: [
        { uri: 'https://ca.example', subject, certChain: { certificates: [{ rawBytes }] }, validFor },
      ],
      timestampAuthorities,
    });
  }

  /** A bundle v0.1 with a certificate for that identity, its proofs included. */
  async bundle(statement: string, who: Partial<Who> = {}): Promise<SignedBundle> {
    const made = await this.envelope(statement, { who, version: '0.1', entry: 'dsse 0.0.1' });
    return made as unknown as SignedBundle;
  }

  /** A bundle of an envelope. */
  async envelope(statement: string, how: HowSigned = {}): Promise<AnyBundle> {
    const payload = Buffer.from(statement);
    return this.#bundle(dsse.preAuthEncoding(PAYLOAD_TYPE, payload), how, (signature) => ({
      payload,
      content: {
        dsseEnvelope: {
          payloadType: PAYLOAD_TYPE,
          payload: payload.toString('base64'),
          signatures: [{ sig: signature.toString('base64') }],
        },
      },
    }));
  }

  /** A bundle of a signature over bytes. */
  async message(artifact: Buffer, how: HowSigned = {}): Promise<AnyBundle> {
    const messageDigest = { algorithm: 'SHA2_256', digest: sha256(artifact).toString('base64') };
    return this.#bundle(artifact, { entry: 'hashedrekord 0.0.1', ...how }, (signature) => ({
      content: { messageSignature: { messageDigest, signature: signature.toString('base64') } },
    }));
  }

  async #bundle(
    signed: Buffer,
    { who = {}, version = '0.3', entry = 'dsse 0.0.1', ...how }: HowSigned,
    contentOf: (signature: Buffer) => { payload?: Buffer; content: object },
  ): Promise<AnyBundle> {
    const keys = newKey();
    const certificate = await this.#certify(keys.publicKey, { ...WHO, ...who }, how.usages);
    const rawBytes = certificate.toString('base64');
    const signature = sign('sha256', signed, keys.privateKey);
    const { payload, content } = contentOf(signature);
    const signer = how.loggedSigner ?? pemOf(rawBytes);
    const stamps = (await how.timestamps?.(signature)) ?? [];
    return {
      mediaType:
        version === '0.3'
          ? 'application/vnd.dev.sigstore.bundle.v0.3+json'
          : `application/vnd.dev.sigstore.bundle+json;version=${version}`,
      verificationMaterial: {
        ...(version === '0.3'
          ? { certificate: { rawBytes } }
          : { x509CertificateChain: { certificates: [{ rawBytes }] } }),
        tlogEntries: [
          this.log.entry(entry, { signed, signature, signer, ...(payload === undefined ? {} : { payload }) }),
        ],
        timestampVerificationData: {
          rfc3161Timestamps: stamps.map((signedTimestamp) => ({ signedTimestamp })),
        },
      },
      ...content,
    };
  }

  /** A certificate for ten minutes, with the proof of the certificates' log inside. */
  async #certify(leaf: KeyObject, who: Who, usages = [CODE_SIGNING]): Promise<Buffer> {
    const usage = new x509.ExtendedKeyUsageExtension(usages);
    const before = await this.#certificate(leaf, who, [usage]);
    const list = this.#timestamp(X509Certificate.parse(before).tbsCertificate.toDER());
    return this.#certificate(leaf, who, [
      usage,
      new x509.Extension(SCTS, false, Uint8Array.from(der(0x04, list))),
    ]);
  }

  async #certificate(
    leaf: KeyObject,
    { identity, issuer }: Who,
    more: x509.Extension[],
  ): Promise<Buffer<ArrayBuffer>> {
    const minutes = minutesFrom(this.#now);
    const publicKey = await webcrypto.subtle.importKey('spki', spki(leaf), ALGORITHM, true, ['verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: '0203',
      subject: '',
      issuer: this.#authority.subject,
      notBefore: minutes(-1),
      notAfter: minutes(9),
      publicKey: publicKey as never,
      signingKey: this.#keys.privateKey as never,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(this.#authority.publicKey),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: identity }], true),
        new x509.Extension(ISSUER, false, Uint8Array.from(der(0x0c, Buffer.from(issuer)))),
        ...more,
      ],
    });
    return Buffer.from(certificate.rawData);
  }

  /** RFC 6962, sections 3.2 and 3.3. */
  #timestamp(certificate: Buffer): Buffer<ArrayBuffer> {
    const time = uint(this.#now.getTime(), 8);
    const issuer = sha256(Buffer.from(this.#authority.publicKey.rawData));
    const length = uint(certificate.length, 3);
    const signed = Buffer.concat([
      Buffer.of(0, 0),
      time,
      uint(1, 2),
      issuer,
      length,
      certificate,
      uint(0, 2),
    ]);
    const signature = sign('sha256', signed, this.#ctlog.privateKey);
    const head = [Buffer.of(0), sha256(spki(this.#ctlog.publicKey)), time, uint(0, 2), Buffer.of(4, 3)];
    const sct = Buffer.concat([...head, uint(signature.length, 2), signature]);
    return Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct]);
  }
}
