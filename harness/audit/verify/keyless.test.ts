import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../testing/oci/image.ts';
import { BUNDLE, DSSE, type Layer, attestation, envelope } from '../../testing/audit/published.ts';
import { type SignedBundle, TestSigstore, WHO } from '../../testing/audit/sigstore.ts';
import { type TrustOptions, readTrust } from './trust.ts';
import { about, changed, check, own, raw } from '../../testing/audit/verify/verify.ts';

describe('keyless', () => {
  let sigstore: TestSigstore;
  beforeAll(async () => {
    sigstore = await TestSigstore.start();
  });
  const TRUST = { certificateIdentity: WHO.identity, certificateOidcIssuer: WHO.issuer };

  async function keyless(
    edit: (bundle: SignedBundle, digest: string) => unknown,
    says: string | RegExp,
    {
      trust = TRUST,
      root = sigstore.root,
      who = {},
    }: { trust?: TrustOptions; root?: string; who?: object } = {},
  ): Promise<void> {
    const layers = async (digest: string): Promise<Layer[]> => {
      const bundle = await sigstore.bundle(about(digest), who);
      return [raw(JSON.stringify(edit(bundle, digest) ?? bundle), BUNDLE)];
    };
    await check({ key: null, trust, root, layers, says: [says] });
  }

  test('a bundle of the identity and issuer that were asked for', () =>
    keyless(() => undefined, /^verified: .*certificate, https:\/\/github.*log verified/));

  test('as cosign v2 writes it, in annotations', async () => {
    const layers = async (digest: string): Promise<Layer[]> => {
      const { verificationMaterial: material, dsseEnvelope } = await sigstore.bundle(about(digest));
      const [entry] = material.tlogEntries;
      const { rawBytes = '' } = material.x509CertificateChain.certificates[0] ?? {};
      const annotations = {
        'dev.sigstore.cosign/certificate': `-----BEGIN CERTIFICATE-----\n${rawBytes}\n-----END CERTIFICATE-----\n`,
        'dev.sigstore.cosign/bundle': JSON.stringify({
          SignedEntryTimestamp: entry?.inclusionPromise.signedEntryTimestamp,
          Payload: {
            body: entry?.canonicalizedBody,
            integratedTime: Number(entry?.integratedTime),
            logIndex: Number(entry?.logIndex),
            logID: Buffer.from(entry?.logId.keyId ?? '', 'base64').toString('hex'),
          },
        }),
      };
      return [{ bytes: JSON.stringify(dsseEnvelope), mediaType: DSSE, annotations }];
    };
    await check({ key: null, trust: TRUST, root: sigstore.root, layers, says: ['verified'] });
  });

  test.each<[string, string, TrustOptions]>([
    [
      'another identity',
      'other-identity',
      { ...TRUST, certificateIdentity: 'https://github.com/acme/other' },
    ],
    ['another issuer', 'other-identity', { ...TRUST, certificateOidcIssuer: 'https://accounts.example' }],
    // As a pattern that may stand anywhere, each of these would fit.
    [
      'a part of the identity',
      'other-identity',
      { ...TRUST, certificateIdentity: 'https://github.com/acme/app' },
    ],
    [
      'a dot that stands for anything',
      'other-identity',
      { ...TRUST, certificateIdentity: WHO.identity.replace('.com', '..om') },
    ],
    ['a part of the issuer', 'other-identity', { ...TRUST, certificateOidcIssuer: 'https://token' }],
    [
      'patterns that fit',
      'verified',
      {
        certificateIdentityRegexp: '^https://github.com/acme/',
        certificateOidcIssuerRegexp: 'githubusercontent',
      },
    ],
  ])('%s is %s', (_name, says, trust) => keyless(() => undefined, says, { trust }));

  test.each<[string, TrustOptions]>([
    ['--certificate-identity', {}],
    ['--certificate-identity', { certificateOidcIssuer: WHO.issuer }],
    ['--certificate-oidc-issuer', { certificateIdentity: WHO.identity }],
  ])('without %s is refused, with what the certificate says', async (lacking, trust) => {
    const refused: unknown = await keyless(() => undefined, 'nothing', { trust }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      code: 'usage',
      message: `a trusted root alone trusts everybody: ${lacking} is missing`,
      hint: `a certificate found here, not verified, says: identity ${WHO.identity}, issuer ${WHO.issuer}`,
    });
  });

  test('a certificate of another authority', async () => {
    const { root } = await TestSigstore.start();
    const bundled = JSON.parse(root) as object;
    const { tlogs, ctlogs } = JSON.parse(sigstore.root) as { tlogs: object; ctlogs: object };
    await keyless(() => undefined, 'untrusted-certificate', {
      root: JSON.stringify({ ...bundled, tlogs, ctlogs }),
    });
  });

  test('an entry of another log', async () => {
    const { tlogs } = JSON.parse((await TestSigstore.start()).root) as { tlogs: object };
    const bundled = JSON.parse(sigstore.root) as object;
    await keyless(() => undefined, 'log-invalid', { root: JSON.stringify({ ...bundled, tlogs }) });
  });

  const EDITS: [string, string, (bundle: SignedBundle, digest: string) => unknown][] = [
    [
      'a payload that was changed',
      'log-invalid',
      (bundle) => ({
        ...bundle,
        dsseEnvelope: JSON.parse(changed(JSON.stringify(bundle.dsseEnvelope), '"b"', '"c"')) as object,
      }),
    ],
    [
      'no entry of the log',
      'log-invalid',
      ({ verificationMaterial: { tlogEntries } }) => void tlogEntries.pop(),
    ],
    [
      'an entry at another time',
      'untrusted-certificate',
      ({ verificationMaterial }) => {
        for (const entry of verificationMaterial.tlogEntries) entry.integratedTime = '1900000000';
      },
    ],
    [
      'an entry with a promise that was made up',
      'log-invalid',
      ({ verificationMaterial }) => {
        for (const { inclusionPromise } of verificationMaterial.tlogEntries)
          inclusionPromise.signedEntryTimestamp = 'MAYCAQECAQE=';
      },
    ],
    [
      'a certificate that is none',
      'malformed',
      ({ verificationMaterial }) => {
        for (const one of verificationMaterial.x509CertificateChain.certificates) one.rawBytes = 'AAAA';
      },
    ],
    [
      'a version that does not exist',
      'malformed',
      (bundle) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle.v9+json' }),
    ],
    ['an envelope and a signature', 'malformed', (bundle) => ({ ...bundle, messageSignature: {} })],
  ];
  test.each(EDITS)('%s is %s', (_name, says, edit) => keyless(edit, says));

  test('the entry of another attestation', async () => {
    const foreign = await sigstore.bundle(about('0'.repeat(64)));
    await keyless((bundle) => {
      bundle.verificationMaterial.tlogEntries = foreign.verificationMaterial.tlogEntries;
    }, 'log-invalid');
  });

  test('a key where a certificate signed, and the other way round', async () => {
    const layers = async (digest: string): Promise<Layer[]> => [
      raw(JSON.stringify(await sigstore.bundle(about(digest))), BUNDLE),
    ];
    await check({ layers, says: [/^wrong-key: signed with a certificate that names https:\/\/github/] });
    await check({
      key: null,
      root: sigstore.root,
      trust: TRUST,
      layers: (digest) => [attestation(about(digest), own)],
      says: ['not-verified: signed with a key'],
    });
  });

  test.each([
    ['verified', true, 'verified: .*log verified'],
    ['refused where it is of something else', false, 'log-invalid'],
  ])('the log of a signature with a key is %s', async (_name, right, says) => {
    const layers = (digest: string): Layer[] => {
      const { payload, signatures } = JSON.parse(envelope(about(digest), own)) as {
        payload: string;
        signatures: { sig: string }[];
      };
      const logged = Buffer.from(right ? payload : 'e30=', 'base64');
      const entry = sigstore.log.entry('dsse 0.0.1', {
        signed: Buffer.of(),
        signature: Buffer.from(signatures[0]?.sig ?? '', 'base64'),
        signer: createPublicKey(own).export({ type: 'spki', format: 'pem' }).toString(),
        payload: logged,
      });
      return [
        raw(
          JSON.stringify({
            mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
            verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [entry] },
            dsseEnvelope: { payloadType: 'application/vnd.in-toto+json', payload, signatures },
          }),
          BUNDLE,
        ),
      ];
    };
    await check({ root: sigstore.root, layers, says: [says] });
    await check({ layers, says: ['verified: .*log not-checked'] });
  });

  test('what cannot be trusted by is refused', async () => {
    const wrong = (trust: TrustOptions): Promise<unknown> => readTrust(trust);
    await expect(wrong({ certificateIdentity: 'a', certificateOidcIssuer: 'b' })).rejects.toThrow(
      'trusted root',
    );
    await expect(wrong({ key: 'k', certificateIdentity: 'a' })).rejects.toThrow('give one');
    await expect(wrong({ certificateIdentity: '' })).rejects.toThrow('is empty');
    await expect(wrong({ certificateIdentity: 'a', certificateIdentityRegexp: 'a' })).rejects.toThrow(
      'exclude',
    );
    await expect(wrong({ certificateIdentityRegexp: '(' })).rejects.toThrow('no regular expression');
    await using folder = await scratch();
    for (const text of ['', '[]', '{}', '{"mediaType":"x"}', 'x']) {
      await writeFile(join(folder.path, 'root'), text);
      await expect(wrong({ trustedRoot: join(folder.path, 'root') })).rejects.toThrow(
        'not a Sigstore trusted root',
      );
    }
  });
});
