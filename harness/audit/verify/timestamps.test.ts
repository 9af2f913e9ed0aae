import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { BUNDLE, type Layer } from '../../testing/audit/published.ts';
import { REKOR_2 } from '../../testing/audit/rekor.ts';
import { type HowSigned, TestSigstore, WHO } from '../../testing/audit/sigstore.ts';
import { TestTimestamps } from '../../testing/audit/timestamps.ts';
import { about, check, other, raw } from '../../testing/audit/verify/verify.ts';
import { scratch } from '../../testing/oci/image.ts';

const TRUST = { certificateIdentity: WHO.identity, certificateOidcIssuer: WHO.issuer };

describe.skipIf(findTool('openssl') === null)('a bundle with signed timestamps', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let now: TestSigstore;
  let clock: TestTimestamps;
  let foreign: TestTimestamps;
  beforeAll(async () => {
    folder = await scratch();
    now = await TestSigstore.start(new Date());
    const validFor = { start: '2026-01-01T00:00:00Z' };
    clock = await TestTimestamps.make(join(folder.path, 'clock'), validFor);
    foreign = await TestTimestamps.make(join(folder.path, 'foreign'), validFor);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const stamped = async (
    how: HowSigned,
    says: string | RegExp,
    { at = now, authorities = [clock.trusted] }: { at?: TestSigstore; authorities?: object[] } = {},
  ): Promise<void> => {
    const layers = async (digest: string): Promise<Layer[]> => [
      raw(JSON.stringify(await at.envelope(about(digest), how)), BUNDLE),
    ];
    await check({ key: null, trust: TRUST, root: at.rootWith(authorities), layers, says: [says] });
  };
  const byClock = async (signature: Buffer): Promise<string[]> => [await clock.stamp(signature)];

  test.each(REKOR_2)('and an entry of type %s', (entry) =>
    stamped({ entry, timestamps: byClock }, /^verified: .*log verified/),
  );
  test.each(REKOR_2)('and an entry of type %s that names another signer', (entry) => {
    const loggedSigner = createPublicKey(other).export({ type: 'spki', format: 'pem' }).toString();
    return stamped({ entry, loggedSigner, timestamps: byClock }, 'log-invalid');
  });
  test.each(REKOR_2)('none, and an entry of type %s, which has no time', (entry) =>
    stamped({ entry }, 'log-invalid: expected 1 timestamps'),
  );
  test('by an authority that is not trusted', () =>
    stamped(
      { entry: 'dsse 0.0.2', timestamps: async (bytes) => [await foreign.stamp(bytes)] },
      'log-invalid: timestamp could not',
    ));
  test('by one that is trusted, and one that is not', () =>
    stamped(
      { timestamps: async (bytes) => [await clock.stamp(bytes), await foreign.stamp(bytes)] },
      'log-invalid: timestamp could not',
    ));
  test('of something else', () =>
    stamped(
      { entry: 'dsse 0.0.2', timestamps: async () => [await clock.stamp(Buffer.from('else'))] },
      'log-invalid: timestamp could not',
    ));
  test('twice the same', () =>
    stamped(
      {
        entry: 'dsse 0.0.2',
        timestamps: async (bytes) => {
          const one = await clock.stamp(bytes);
          return [one, one];
        },
      },
      'log-invalid: duplicate',
    ));
  test('that is no answer', () =>
    stamped(
      { entry: 'dsse 0.0.2', timestamps: async () => Promise.resolve(['MAA=']) },
      /^(?:malformed|log-invalid)/,
    ));
  test('after the certificate had ended', async () => {
    const earlier = await TestSigstore.start(new Date(Date.now() - 60 * 60_000));
    await stamped({ entry: 'dsse 0.0.2', timestamps: byClock }, 'untrusted-certificate', { at: earlier });
    // The log's own time is right, and the other one must be, too.
    await stamped({ timestamps: byClock }, 'untrusted-certificate', { at: earlier });
  });
  test('after the authority was no longer trusted, with another that is', async () => {
    const past = { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' };
    const nobody = { ...clock.trusted, certChain: { certificates: [] } };
    await stamped({ entry: 'dsse 0.0.2', timestamps: byClock }, 'log-invalid', {
      authorities: [{ ...clock.trusted, validFor: past }, nobody],
    });
  });
});
