import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { BUNDLE, DSSE, type Layer } from '../../testing/audit/published.ts';
import { REKOR_1 } from '../../testing/audit/rekor.ts';
import { type AnyBundle, type HowSigned, TestSigstore, WHO, pemOf } from '../../testing/audit/sigstore.ts';
import { about, check, other, raw } from '../../testing/audit/verify/verify.ts';

/** Bundles in all versions, entries of the log of all types, and what must not pass of each. */

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await TestSigstore.start();
});
const TRUST = { certificateIdentity: WHO.identity, certificateOidcIssuer: WHO.issuer };

type Edit = (bundle: AnyBundle) => unknown;

/** A bundle with a certificate, edited. */
async function keyless(how: HowSigned, says: string | RegExp, edit: Edit = () => undefined): Promise<void> {
  const layers = async (digest: string): Promise<Layer[]> => {
    const bundle = await sigstore.envelope(about(digest), how);
    return [raw(JSON.stringify(edit(bundle) ?? bundle), BUNDLE)];
  };
  await check({ key: null, trust: TRUST, root: sigstore.root, layers, says: [says] });
}

const entryOf = ({ verificationMaterial: { tlogEntries } }: AnyBundle) => {
  const [entry] = tlogEntries;
  if (entry?.inclusionProof === undefined) throw new Error('no entry');
  return { ...entry, inclusionProof: entry.inclusionProof };
};

describe.each(['0.1', '0.2', '0.3'] as const)('a bundle v%s', (version) => {
  test.each(REKOR_1)('with an entry of type %s', (entry) =>
    keyless({ version, entry }, /^verified: .*log verified/),
  );
  test.each(REKOR_1)('with an entry of type %s that names another signer', (entry) => {
    const loggedSigner = createPublicKey(other).export({ type: 'spki', format: 'pem' }).toString();
    return keyless({ version, entry, loggedSigner }, 'log-invalid: the entry of the log names another');
  });
});

const DAMAGED: Record<string, [string, Edit]> = {
  'the root of the tree that the proof leads to': [
    'log-invalid',
    (bundle) => {
      const { inclusionProof } = entryOf(bundle);
      inclusionProof.hashes = [Buffer.alloc(32).toString('base64')];
    },
  ],
  'the index of the leaf': [
    'log-invalid',
    (bundle) => {
      entryOf(bundle).inclusionProof.logIndex = '5';
    },
  ],
  'the checkpoint': [
    'log-invalid',
    (bundle) => {
      const { checkpoint } = entryOf(bundle).inclusionProof;
      checkpoint.envelope = checkpoint.envelope.replace('log.example\n1\n', 'log.example\n2\n');
    },
  ],
  'the signature of the checkpoint': [
    'log-invalid',
    (bundle) => {
      const { checkpoint } = entryOf(bundle).inclusionProof;
      checkpoint.envelope = checkpoint.envelope.replace(/(\S{8})(\S{8})(\S+)\n$/, '$1AAAAAAAA$3\n');
    },
  ],
  'the name of the key in the checkpoint': [
    'log-invalid',
    (bundle) => {
      const { checkpoint } = entryOf(bundle).inclusionProof;
      checkpoint.envelope = checkpoint.envelope.replace(/(— \S+ )\S{4}/, '$1AAAA');
    },
  ],
  'no checkpoint': [
    'malformed',
    (bundle) => {
      Object.assign(entryOf(bundle).inclusionProof, { checkpoint: undefined });
    },
  ],
  'no proof at all': [
    'malformed',
    ({ verificationMaterial: { tlogEntries } }) => {
      for (const entry of tlogEntries) delete entry.inclusionProof;
    },
  ],
  'the type of the entry': [
    'log-invalid',
    ({ verificationMaterial: { tlogEntries } }) => {
      for (const entry of tlogEntries) entry.kindVersion = { kind: 'dsse', version: '0.0.9' };
    },
  ],
  'an entry that stands twice': [
    'log-invalid',
    ({ verificationMaterial: { tlogEntries } }) => {
      tlogEntries.push(...tlogEntries);
    },
  ],
  'a chain of certificates, which v0.3 does not have': [
    'malformed',
    ({ verificationMaterial: material }) => {
      const { certificate } = material;
      delete material.certificate;
      material.x509CertificateChain = { certificates: [certificate] };
    },
  ],
  'no certificate': [
    'malformed',
    ({ verificationMaterial: material }) => {
      delete material.certificate;
    },
  ],
  'a signature twice': [
    'malformed',
    (bundle) => {
      const envelope = bundle.dsseEnvelope as { signatures: object[] };
      envelope.signatures.push(...envelope.signatures);
    },
  ],
  'a type of no version': ['malformed', (bundle) => ({ ...bundle, mediaType: `${bundle.mediaType}x` })],
  'a version to come': [
    'malformed',
    (bundle) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json' }),
  ],
};
test.each(Object.entries(DAMAGED))('a bundle v0.3 with damage: %s', (_name, [says, edit]) =>
  keyless({}, says, edit),
);

test.each([
  ['for servers', ['1.3.6.1.5.5.7.3.1']],
  ['for mail', ['1.3.6.1.5.5.7.3.4']],
])('a certificate %s signs no code', (_name, usages) =>
  keyless({ usages }, 'untrusted-certificate', undefined),
);

test.each([
  'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/m\u00e1in',
  `${WHO.identity} `,
])('an identity that is nearly the right one: %j', (identity) =>
  keyless({ who: { identity } }, 'other-identity'),
);

describe('the proof of one signature in the bundle of another', () => {
  test.each(REKOR_1)('of type %s', async (entry) => {
    const layers = async (digest: string): Promise<Layer[]> => {
      const [one, two] = [
        await sigstore.envelope(about(digest), { entry }),
        await sigstore.envelope(about(digest), { entry }),
      ];
      one.verificationMaterial.tlogEntries = two.verificationMaterial.tlogEntries;
      return [raw(JSON.stringify(one), BUNDLE)];
    };
    await check({ key: null, trust: TRUST, root: sigstore.root, layers, says: ['log-invalid'] });
  });
});

test.each([
  ['verified: a signature of this image', (digest: string) => digest],
  ['other-subject', () => `sha256:${'0'.repeat(64)}`],
])('an image signature as cosign v2 writes it, keyless: %s', async (says, of) => {
  const layers = async (digest: string): Promise<Layer[]> => {
    const image = { 'docker-manifest-digest': of(digest) };
    const bytes = JSON.stringify({
      critical: { identity: {}, image, type: 'cosign container image signature' },
      optional: null,
    });
    const bundle = await sigstore.message(Buffer.from(bytes), { version: '0.1' });
    const { signature } = bundle.messageSignature as { signature: string };
    return [{ bytes, mediaType: SIMPLE, annotations: annotationsOf(bundle, signature) }];
  };
  await check({ key: null, trust: TRUST, root: sigstore.root, layers, says: [says] });
});

const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';

function annotationsOf(
  { verificationMaterial: material }: AnyBundle,
  signature: string,
): Record<string, string> {
  const [entry] = material.tlogEntries;
  const chain = material.x509CertificateChain as { certificates: { rawBytes: string }[] };
  return {
    'dev.cosignproject.cosign/signature': signature,
    'dev.sigstore.cosign/certificate': pemOf(chain.certificates[0]?.rawBytes ?? ''),
    'dev.sigstore.cosign/bundle': JSON.stringify({
      SignedEntryTimestamp: entry?.inclusionPromise?.signedEntryTimestamp,
      Payload: {
        body: entry?.canonicalizedBody,
        integratedTime: Number(entry?.integratedTime),
        logIndex: Number(entry?.logIndex),
        logID: Buffer.from(entry?.logId.keyId ?? '', 'base64').toString('hex'),
      },
    }),
  };
}

describe('a trusted root', () => {
  const edited = (edit: (root: Record<string, { publicKey?: { validFor?: object } }[]>) => void): string => {
    const root = JSON.parse(sigstore.root) as Record<string, { publicKey?: { validFor?: object } }[]>;
    edit(root);
    return JSON.stringify(root);
  };
  const refused = (root: string): Promise<unknown> =>
    check({ key: null, trust: TRUST, root, layers: () => [raw('{}', DSSE)], says: [] });
  test.each<[string, string]>([
    ['a log without a beginning', 'tlogs'],
    ['a log of certificates without a beginning', 'ctlogs'],
  ])('with %s is refused', async (_name, which) => {
    const root = edited((one) => {
      for (const log of one[which] ?? []) log.publicKey = { ...log.publicKey, validFor: {} };
    });
    await expect(refused(root)).rejects.toThrow('not a Sigstore trusted root');
  });
  test('with a key that is none is refused', async () => {
    const root = sigstore.root.replaceAll(/"rawBytes":"[^"]{8}/g, '"rawBytes":"AAAAAAAA');
    await expect(refused(root)).rejects.toThrow('not a Sigstore trusted root');
  });
});
