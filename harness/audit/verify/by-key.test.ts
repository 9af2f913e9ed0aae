import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hintOf } from '../../attest/keys.ts';
import { BUNDLE, attestation, envelope, statementAbout } from '../../testing/audit/published.ts';
import { COSIGN_SIGN, SLSA_V02, SLSA_V1 } from './predicates.ts';
import {
  type Case,
  V02,
  V1,
  about,
  changed,
  check,
  ec,
  hex,
  other,
  own,
  raw,
  verdicts,
} from '../../testing/audit/verify/verify.ts';

const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';

const WITH_KEY: Record<string, Case> = {
  'an envelope of SLSA v0.2': {
    layers: (digest) => [attestation(about(digest), own)],
    says: [/^verified: .*\(provenance, key, ECDSA \(DER\), log none\)/],
  },
  'an envelope of SLSA v1': {
    layers: (digest) => [attestation(about(digest, V1, SLSA_V1), own)],
    says: [/^verified: .*provenance/],
  },
  'ECDSA as two numbers': {
    layers: (digest) => [attestation(about(digest), own, { dsaEncoding: 'ieee-p1363' })],
    says: [/^verified.*P1363/],
  },
  'ECDSA P-384': (() => {
    const key = ec('P-384');
    return {
      key,
      layers: (digest) => [attestation(about(digest), key, { hash: 'sha384' })],
      says: ['verified'],
    };
  })(),
  Ed25519: (() => {
    const key = generateKeyPairSync('ed25519').privateKey;
    return {
      key,
      layers: (digest) => [attestation(about(digest), key, { hash: null })],
      says: [/^verified.*Ed25519/],
    };
  })(),
  RSA: (() => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    return { key, layers: (digest) => [attestation(about(digest), key)], says: [/^verified.*RSA/] };
  })(),
  'a bundle v0.3': {
    layers: (digest) => [
      raw(
        JSON.stringify({
          mediaType: BUNDLE,
          verificationMaterial: { publicKey: { hint: hintOf(own) } },
          dsseEnvelope: JSON.parse(envelope(about(digest, {}, COSIGN_SIGN), own)) as object,
        }),
        BUNDLE,
      ),
    ],
    says: [/^verified: .*\(signature, key/],
  },
  'an image signature of cosign v2': {
    layers: (digest) => {
      const bytes = JSON.stringify({
        critical: {
          identity: {},
          image: { 'docker-manifest-digest': digest },
          type: 'cosign container image signature',
        },
      });
      const signature = sign('sha256', Buffer.from(bytes), own).toString('base64');
      return [{ bytes, mediaType: SIMPLE, annotations: { 'dev.cosignproject.cosign/signature': signature } }];
    },
    says: [/^verified: a signature of this image/],
  },
  'an image signature of another image': {
    layers: () => {
      const image = { 'docker-manifest-digest': `sha256:${'0'.repeat(64)}` };
      const bytes = JSON.stringify({ critical: { image, type: 'cosign container image signature' } });
      const signature = sign('sha256', Buffer.from(bytes), own).toString('base64');
      return [{ bytes, mediaType: SIMPLE, annotations: { 'dev.cosignproject.cosign/signature': signature } }];
    },
    says: ['other-subject'],
  },
  'an image signature without its signature': { layers: () => [raw('{}', SIMPLE)], says: ['unsigned'] },
  'another key without a name': {
    layers: (digest) => [attestation(about(digest), other)],
    says: ['bad-signature'],
  },
  'another key by its name': {
    layers: (digest) => [attestation(about(digest), other, { keyid: 'SHA256:other' })],
    says: ['wrong-key: signed with another key, SHA256:other'],
  },
  'the name of the key on a signature of another': {
    layers: (digest) => [attestation(about(digest), other, { keyid: hintOf(own) })],
    says: ['changed'],
  },
  'a payload that was changed': {
    layers: (digest) => [raw(changed(envelope(about(digest), own, { keyid: hintOf(own) }), '"b"', '"c"'))],
    says: ['changed'],
  },
  'a payload that was made to be about this image': {
    layers: (digest) => [raw(changed(envelope(about('0'.repeat(64)), own), '0'.repeat(64), hex(digest)))],
    says: ['bad-signature'],
  },
  'a statement of another image': {
    layers: () => [attestation(about('1'.repeat(64)), own)],
    says: ['other-subject'],
  },
  'a digest in capitals': {
    layers: (digest) => [attestation(about(hex(digest).toUpperCase()), own)],
    says: ['other-subject'],
  },
  'a digest with something behind it': {
    layers: (digest) => [attestation(about(`${hex(digest)} `), own)],
    says: ['other-subject'],
  },
  'sha1 only': {
    layers: () => {
      const subject = [{ name: 'x', digest: { sha1: 'a'.repeat(40) } }];
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject,
        predicateType: SLSA_V02,
        predicate: V02,
      };
      return [attestation(JSON.stringify(statement), own)];
    },
    says: ['weak-subject: its subjects have no sha256 or sha512 digest, only sha1'],
  },
  'the right sha256 beside a wrong sha512': {
    layers: (digest) => {
      const subject = [{ name: 'x', digest: { sha256: hex(digest), sha512: 'a'.repeat(128) } }];
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject,
        predicateType: SLSA_V02,
        predicate: V02,
      };
      return [attestation(JSON.stringify(statement), own)];
    },
    says: ['other-subject'],
  },
  'a subject that stands twice in the payload': {
    layers: (digest) => [
      attestation(
        about('0'.repeat(64)).replace(
          '"subject"',
          `"subject":[{"digest":{"sha256":"${hex(digest)}"}}],"subject"`,
        ),
        own,
      ),
    ],
    says: ['malformed: the payload has the key "subject" twice'],
  },
  'a payload that stands twice in the envelope': {
    layers: (digest) => [
      raw(envelope(about(digest), own).replace('"payload"', '"payload":"e30=","payload"')),
    ],
    says: ['malformed: the document has the key "payload" twice'],
  },
  'an empty payload': { layers: () => [attestation('', own)], says: ['empty'] },
  'no bytes': { layers: () => [raw('')], says: ['empty'] },
  'no signatures': {
    layers: (digest) => [raw(envelope(about(digest), own).replace(/"signatures":.*$/, '"signatures":[]}'))],
    says: ['unsigned'],
  },
  'an empty signature': {
    layers: (digest) => [raw(envelope(about(digest), own).replace(/"sig":"[^"]*"/, '"sig":""'))],
    says: ['bad-signature'],
  },
  'a signature that is no base64': {
    layers: (digest) => [raw(envelope(about(digest), own).replace('"sig":"', '"sig":"!'))],
    says: ['bad-signature'],
  },
  'a payload with something in its base64': {
    layers: (digest) => [raw(envelope(about(digest), own).replace('"payload":"', '"payload":"\\n'))],
    says: ['malformed'],
  },
  'another type of payload': {
    layers: (digest) => [raw(envelope(about(digest), own).replace('vnd.in-toto+json', 'json'))],
    says: ['malformed: the payload is of type'],
  },
  'a statement without subjects': {
    layers: () => [attestation(statementAbout([], SLSA_V02, V02), own)],
    says: ['malformed'],
  },
  'a payload that is no statement': { layers: () => [attestation('{"a":1}', own)], says: ['malformed'] },
  'a payload nested deeply': {
    layers: (digest) => [
      attestation(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)},${about(digest).slice(1)}`, own),
    ],
    says: ['malformed: the payload is nested deeper'],
  },
  'a document nested deeply': { layers: () => [raw('['.repeat(100_000))], says: ['malformed'] },
  'values of other types than they must have': {
    layers: () => [
      raw('{"payloadType":"application/vnd.in-toto+json","payload":{"a":1},"signatures":[{"sig":1}]}'),
      raw(
        '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":null,"dsseEnvelope":{}}',
      ),
      raw('null'),
      raw('\u001b[2J{'),
    ],
    says: [
      'malformed',
      'malformed',
      'malformed: the document is no object',
      'malformed: the document is not JSON',
    ],
  },
  'annotations that are no certificate and no entry of a log': {
    layers: (digest) =>
      ['certificate', 'bundle'].map((name) => ({
        ...attestation(about(digest), own),
        annotations: { [`dev.sigstore.cosign/${name}`]: '{"Payload":{}}' },
      })),
    says: ['malformed: dev.sigstore.cosign/certificate', 'malformed: dev.sigstore.cosign/bundle'],
  },
  'provenance that is none': {
    layers: (digest) => [attestation(about(digest, { builder: 'x' }), own)],
    says: ['predicate-invalid: predicate.builder'],
  },
  'provenance that is missing': {
    layers: (digest) => [attestation(about(digest, undefined, SLSA_V1), own)],
    says: ['predicate-invalid'],
  },
  'a statement that nobody signed': {
    layers: (digest) => [raw(about(digest), 'application/vnd.in-toto+json')],
    says: ['unsigned'],
  },
  'what is no attestation': {
    layers: () => [raw('SPDX', 'text/spdx')],
    says: ['not-read: of type text/spdx'],
  },
  'one that is bad between two that are not': {
    layers: (digest) => [
      attestation(about(digest), own),
      attestation(about(digest), other),
      attestation(about(digest, V1, SLSA_V1), own),
    ],
    says: ['verified', 'bad-signature', 'verified'],
  },
  'two signatures, the second of the key': {
    layers: (digest) => {
      const [first, second] = [envelope(about(digest), other), envelope(about(digest), own)].map(
        (text) => JSON.parse(text) as { signatures: object[] },
      );
      return [
        raw(
          JSON.stringify({
            ...second,
            signatures: [...(first?.signatures ?? []), ...(second?.signatures ?? [])],
          }),
        ),
      ];
    },
    says: ['verified'],
  },
  'nothing to verify with': {
    key: null,
    layers: (digest) => [attestation(about(digest), own)],
    says: ['not-verified: neither a key'],
  },
};

describe('with a key', () => {
  test.each(Object.entries(WITH_KEY))('%s', async (_name, one) => check(one));

  test('what is too large is not read', async () => {
    await check({
      layers: (digest) => [raw(`${' '.repeat(17 * 1024 * 1024)}${about(digest)}`)],
      says: ['too-large'],
    });
  });

  test('a key that is too weak is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    await expect(verdicts({ key: privateKey, layers: () => [], says: [] })).rejects.toThrow(
      'not a key that can be used',
    );
  });
});
