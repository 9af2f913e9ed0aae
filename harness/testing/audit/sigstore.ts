import {
  createHash,
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

/** A Sigstore instance of its own for tests: an authority for certificates, their log, and a transparency log. */

interface Who {
  identity: string;
  issuer: string;
}

export const WHO: Who = {
  identity: 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
};

interface LogEntry {
  logIndex: string;
  integratedTime: string;
  canonicalizedBody: string;
  logId: { keyId: string };
  kindVersion: object;
  inclusionPromise: { signedEntryTimestamp: string };
}

export interface SignedBundle {
  mediaType: string;
  verificationMaterial: {
    x509CertificateChain: { certificates: { rawBytes: string }[] };
    tlogEntries: LogEntry[];
  };
  dsseEnvelope: { payloadType: string; payload: string; signatures: { sig: string }[] };
}

const NOW = new Date('2026-03-01T12:00:00Z');
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SCTS = '1.3.6.1.4.1.11129.2.4.2';
const ISSUER = '1.3.6.1.4.1.57264.1.8';

const newKey = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);

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
  readonly #tlog = newKey();
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #authority: x509.X509Certificate;

  private constructor(keys: webcrypto.CryptoKeyPair, authority: x509.X509Certificate) {
    this.#keys = keys;
    this.#authority = authority;
  }

  static async start(): Promise<TestSigstore> {
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
    return new TestSigstore(keys, authority);
  }

  /** What `--trusted-root` takes. */
  get root(): string {
    const rawBytes = Buffer.from(this.#authority.rawData).toString('base64');
    const validFor = { start: minutes(-1000).toISOString() };
    const subject = { organization: 'test', commonName: 'test authority' };
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logOf(this.#tlog.publicKey)],
      ctlogs: [logOf(this.#ctlog.publicKey)],
      certificateAuthorities: [
        { uri: 'https://ca.example', subject, certChain: { certificates: [{ rawBytes }] }, validFor },
      ],
      timestampAuthorities: [],
    });
  }

  /** A bundle v0.1 with a certificate for that identity, its proofs included. */
  async bundle(statement: string, who: Partial<Who> = {}): Promise<SignedBundle> {
    const keys = newKey();
    const rawBytes = (await this.#certify(keys.publicKey, { ...WHO, ...who })).toString('base64');
    const payload = Buffer.from(statement);
    const sig = sign('sha256', dsse.preAuthEncoding(PAYLOAD_TYPE, payload), keys.privateKey).toString(
      'base64',
    );
    const pem = `-----BEGIN CERTIFICATE-----\n${rawBytes}\n-----END CERTIFICATE-----\n`;
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
      verificationMaterial: {
        x509CertificateChain: { certificates: [{ rawBytes }] },
        tlogEntries: [this.logEntry(payload, sig, pem)],
      },
      dsseEnvelope: { payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [{ sig }] },
    };
  }

  /** As cosign v1 had it logged: Rekor's `intoto`, version 0.0.1. @param verifier PEM */
  oldLogEntry(envelope: string, payload: Buffer, verifier: string): LogEntry {
    const hash = (bytes: Uint8Array): object => ({
      algorithm: 'sha256',
      value: sha256(bytes).toString('hex'),
    });
    const content = { hash: hash(Buffer.from(envelope)), payloadHash: hash(payload) };
    const spec = { content, publicKey: Buffer.from(verifier).toString('base64') };
    return this.#logged({ apiVersion: '0.0.1', kind: 'intoto', spec });
  }

  /** The transparency log's entry for an envelope. */
  logEntry(payload: Buffer, signature: string, verifier: string): LogEntry {
    const spec = {
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: [{ signature, verifier: Buffer.from(verifier).toString('base64') }],
    };
    return this.#logged({ apiVersion: '0.0.1', kind: 'dsse', spec });
  }

  #logged(entry: { apiVersion: string; kind: string; spec: object }): LogEntry {
    const body = Buffer.from(JSON.stringify(entry)).toString('base64');
    const keyId = sha256(spki(this.#tlog.publicKey));
    const integratedTime = NOW.getTime() / 1000;
    const promised = JSON.stringify({ body, integratedTime, logID: keyId.toString('hex'), logIndex: 7 });
    const promise = sign('sha256', Buffer.from(promised), this.#tlog.privateKey).toString('base64');
    return {
      logIndex: '7',
      logId: { keyId: keyId.toString('base64') },
      kindVersion: { kind: entry.kind, version: entry.apiVersion },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: promise },
      canonicalizedBody: body,
    };
  }

  /** A certificate for ten minutes, with the proof of the certificates' log inside. */
  async #certify(leaf: KeyObject, who: Who): Promise<Buffer> {
    const before = await this.#certificate(leaf, who, []);
    const list = this.#timestamp(X509Certificate.parse(before).tbsCertificate.toDER());
    return this.#certificate(leaf, who, [new x509.Extension(SCTS, false, Uint8Array.from(der(0x04, list)))]);
  }

  async #certificate(
    leaf: KeyObject,
    { identity, issuer }: Who,
    more: x509.Extension[],
  ): Promise<Buffer<ArrayBuffer>> {
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
        new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.3']),
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
    const time = uint(NOW.getTime(), 8);
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

const logOf = (key: KeyObject): object => ({
  baseUrl: 'https://log.example',
  hashAlgorithm: 'SHA2_256',
  publicKey: {
    rawBytes: spki(key).toString('base64'),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor: { start: minutes(-1000).toISOString() },
  },
  logId: { keyId: sha256(spki(key)).toString('base64') },
});
