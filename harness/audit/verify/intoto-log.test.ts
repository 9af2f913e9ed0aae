import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, test } from 'vitest';
import { DSSE, type Layer, envelope } from '../../testing/audit/published.ts';
import { TestSigstore, WHO } from '../../testing/audit/sigstore.ts';
import { about, changed, check, other, own } from '../../testing/audit/verify/verify.ts';

/** That version of the type has the digest of the whole envelope. */
const NO_SIGNATURE = { signed: Buffer.of(), signature: Buffer.of() };

describe('as cosign v1 had it logged', () => {
  let sigstore: TestSigstore;
  beforeAll(async () => {
    sigstore = await TestSigstore.start();
  });
  const TRUST = { certificateIdentity: WHO.identity, certificateOidcIssuer: WHO.issuer };

  interface Old {
    /** What the log has, where it is not what lies there. */
    logs?: (envelope: string) => string;
    payload?: Buffer;
    key?: string;
    lies?: (envelope: string) => string;
    time?: number;
  }
  const old =
    ({ logs = (text) => text, payload, key, lies = (text) => text, time }: Old) =>
    async (digest: string): Promise<Layer[]> => {
      const { verificationMaterial: material, dsseEnvelope } = await sigstore.bundle(about(digest));
      const { rawBytes = '' } = material.x509CertificateChain.certificates[0] ?? {};
      const certificate = `-----BEGIN CERTIFICATE-----\n${rawBytes}\n-----END CERTIFICATE-----\n`;
      const text = JSON.stringify(dsseEnvelope);
      const entry = sigstore.log.entry('intoto 0.0.1', {
        ...NO_SIGNATURE,
        envelope: Buffer.from(logs(text)),
        payload: payload ?? Buffer.from(dsseEnvelope.payload, 'base64'),
        signer: key ?? certificate,
      });
      const annotations = {
        'dev.sigstore.cosign/certificate': certificate,
        'dev.sigstore.cosign/bundle': JSON.stringify({
          SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
          Payload: {
            body: entry.canonicalizedBody,
            integratedTime: time ?? Number(entry.integratedTime),
            logIndex: Number(entry.logIndex),
            logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
          },
        }),
      };
      return [{ bytes: lies(text), mediaType: DSSE, annotations }];
    };
  const otherKey = (): string => own.export({ type: 'pkcs8', format: 'pem' }).toString();

  test.each<[string, Old, string]>([
    ['right', {}, 'verified: .*log verified'],
    [
      'of another envelope',
      { logs: (text) => `${text} ` },
      'log-invalid: the entry of the log is of something else',
    ],
    [
      'of another payload',
      { payload: Buffer.from('{}') },
      'log-invalid: the entry of the log is of something else',
    ],
    ['of another signer', { key: otherKey() }, 'log-invalid: the entry of the log is of something else'],
    ['of no signer', { key: '' }, 'log-invalid: the entry of the log is of something else'],
    ['at another time', { time: 1_900_000_000 }, 'log-invalid: inclusion promise'],
    ['and the envelope was changed', { lies: (text) => changed(text, '"b"', '"c"') }, 'log-invalid'],
  ])('%s', async (_name, given, says) => {
    await check({
      key: null,
      trust: TRUST,
      root: sigstore.root,
      layers: old(given),
      says: [new RegExp(says)],
    });
  });

  test('of a signature with a key, and of another key', async () => {
    for (const [key, says] of [
      [own, 'verified: .*log verified'],
      [other, 'log-invalid: the entry of the log is of something else'],
    ] as const) {
      const layers = (digest: string): Layer[] => {
        const bytes = envelope(about(digest), own);
        const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
        const entry = sigstore.log.entry('intoto 0.0.1', {
          ...NO_SIGNATURE,
          envelope: Buffer.from(bytes),
          payload: Buffer.from(about(digest)),
          signer: pem,
        });
        const Payload = {
          body: entry.canonicalizedBody,
          integratedTime: Number(entry.integratedTime),
          logIndex: Number(entry.logIndex),
          logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
        };
        const SignedEntryTimestamp = entry.inclusionPromise?.signedEntryTimestamp;
        const annotations = {
          'dev.sigstore.cosign/bundle': JSON.stringify({ SignedEntryTimestamp, Payload }),
        };
        return [{ bytes, mediaType: DSSE, annotations }];
      };
      await check({ root: sigstore.root, layers, says: [new RegExp(says)] });
    }
  });

  test('for another identity, or in another log', async () => {
    const trust = { ...TRUST, certificateIdentity: 'https://github.com/acme/other' };
    await check({ key: null, trust, root: sigstore.root, layers: old({}), says: ['other-identity'] });
    const { tlogs } = JSON.parse((await TestSigstore.start()).root) as { tlogs: object };
    const root = JSON.stringify({ ...(JSON.parse(sigstore.root) as object), tlogs });
    await check({ key: null, trust: TRUST, root, layers: old({}), says: ['log-invalid'] });
  });
});
