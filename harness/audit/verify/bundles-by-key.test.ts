import { createPublicKey, sign } from 'node:crypto';
import { beforeAll, describe, test } from 'vitest';
import { dsse } from '@sigstore/core';
import { PAYLOAD_TYPE } from '../../attest/dsse.ts';
import { hintOf } from '../../attest/keys.ts';
import { BUNDLE, type Layer } from '../../testing/audit/published.ts';
import { type EntryKind, REKOR_1, REKOR_2 } from '../../testing/audit/rekor.ts';
import { type AnyBundle, TestSigstore } from '../../testing/audit/sigstore.ts';
import { about, check, other, own, raw } from '../../testing/audit/verify/verify.ts';
import { COSIGN_SIGN } from './predicates.ts';

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await TestSigstore.start();
});

describe('a bundle with a key', () => {
  const pem = createPublicKey(own).export({ type: 'spki', format: 'pem' }).toString();
  const bundled = (digest: string, entry?: EntryKind, signer = pem): AnyBundle => {
    const payload = Buffer.from(about(digest, {}, COSIGN_SIGN));
    const signed = dsse.preAuthEncoding(PAYLOAD_TYPE, payload);
    const signature = sign('sha256', signed, own);
    return {
      mediaType: BUNDLE,
      verificationMaterial: {
        publicKey: { hint: hintOf(own) },
        tlogEntries:
          entry === undefined ? [] : [sigstore.log.entry(entry, { signed, signature, signer, payload })],
      },
      dsseEnvelope: {
        payloadType: PAYLOAD_TYPE,
        payload: payload.toString('base64'),
        signatures: [{ sig: signature.toString('base64'), keyid: null }],
      },
    };
  };
  const one = (edit: (digest: string) => object, says: string, root?: string): Promise<void> =>
    check({
      ...(root === undefined ? {} : { root }),
      layers: (digest) => [raw(JSON.stringify(edit(digest)), BUNDLE)],
      says: [says],
    });

  test.each([...REKOR_1, ...REKOR_2])('and an entry of type %s', async (entry) => {
    await one((digest) => bundled(digest, entry), 'verified: .*log verified', sigstore.root);
    const foreign = createPublicKey(other).export({ type: 'spki', format: 'pem' }).toString();
    await one((digest) => bundled(digest, entry, foreign), 'log-invalid', sigstore.root);
    await one(
      (digest) => ({
        ...bundled(digest, entry),
        verificationMaterial: bundled(`sha256:${'1'.repeat(64)}`, entry).verificationMaterial,
      }),
      'log-invalid',
      sigstore.root,
    );
  });
  test('and neither log nor clock', () => one((digest) => bundled(digest), 'verified: .*log none'));
  test('and a version that does not exist', () =>
    one(
      (digest) => ({ ...bundled(digest), mediaType: BUNDLE.replace('0.3', '0.4') }),
      'malformed: a bundle of',
    ));
  test('and nothing that says who signed', () =>
    one((digest) => ({ ...bundled(digest), verificationMaterial: {} }), 'malformed'));

  test.each<[string, (manifest: Buffer) => Buffer, string]>([
    ['of the manifest', (manifest) => manifest, 'verified: a signature of this image'],
    ['of something else', () => Buffer.from('{}'), 'other-subject'],
  ])('a signature without an envelope %s', async (_name, of, says) => {
    const layers = async (digest: string, bytes: Buffer): Promise<Layer[]> => {
      const artifact = of(bytes);
      const { messageSignature } = await sigstore.message(artifact);
      const signature = sign('sha256', artifact, own).toString('base64');
      return [
        raw(
          JSON.stringify({
            mediaType: BUNDLE,
            verificationMaterial: { publicKey: { hint: digest } },
            messageSignature: { ...(messageSignature as object), signature },
          }),
          BUNDLE,
        ),
      ];
    };
    await check({ layers, says: [says] });
  });
  test('a signature of the manifest that says it is of another digest', async () => {
    const layers = (_digest: string, bytes: Buffer): Layer[] => {
      const messageDigest = { algorithm: 'SHA2_256', digest: Buffer.alloc(32).toString('base64') };
      const signature = sign('sha256', bytes, own).toString('base64');
      return [
        raw(
          JSON.stringify({
            mediaType: BUNDLE,
            verificationMaterial: { publicKey: { hint: '' } },
            messageSignature: { messageDigest, signature },
          }),
          BUNDLE,
        ),
      ];
    };
    await check({ layers, says: ['other-subject'] });
  });
});
