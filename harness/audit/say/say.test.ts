import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { isSignedBy } from '../../attest/dsse.ts';
import { parseEnvelope } from '../../attest/envelopes.ts';
import type { Json } from '../../oci/types.ts';
import { audit } from '../audit.ts';
import type { AuditResult } from '../result.ts';
import { auditPage } from './page.ts';
import { signAudit } from './statement.ts';
import { DIGEST, auditClaim as claim } from '../../testing/audit/result.ts';
import { testForeign } from '../../testing/foreign.ts';

const RESULT: AuditResult = {
  schema: 'twinproof/audit/v1',
  harness: '1',
  reference: 'oci:x\u001b[2J',
  image: { digest: DIGEST, platforms: [{ platform: 'linux/amd64', digest: DIGEST, config: DIGEST }] },
  found: [
    {
      id: 'a1',
      place: 'cosign-tag',
      where: 'sha256-1.att',
      about: DIGEST,
      mediaType: 'application/vnd.dsse.envelope.v1+json',
      digest: DIGEST,
      size: 1,
      status: 'verified',
      message: 'm',
      role: 'provenance',
      predicateType: 'https://slsa.dev/provenance/v1',
      subjects: [DIGEST],
      signer: { by: 'key', detail: 'Ed25519', log: 'none' },
      builtAt: null,
      used: true,
      why: 'the newest',
    },
  ],
  unreadable: [],
  recipes: [],
  source: null,
  rebuilds: [],
  claims: [
    claim('signed', 'pass'),
    claim('source', 'fail'),
    claim('coverage', 'unverified'),
    claim('published', 'unsupported'),
  ],
};
const schema = JSON.parse(await readFile(new URL('../audit.schema.json', import.meta.url), 'utf8')) as object;
const fits = new Ajv2020({ strict: false }).compile(schema);

test('the page says what holds, what does not, and what it would take, and steers no terminal', () => {
  expect(auditPage(RESULT)).toBe(
    [
      'Audit of oci:x\\x1b[2J',
      `${DIGEST}, linux/amd64`,
      '',
      'Holds:',
      '  signed: why signed',
      '',
      'Does not hold:',
      '  source: why source',
      '    a detail',
      '',
      'Unverified:',
      '  coverage: why coverage',
      '    needed: more',
      '',
      'Not supported:',
      '  published: why published',
      '    a detail',
      '    needed: more',
      '',
      'Found:',
      '  a1 cosign-tag sha256-1.att: verified, https://slsa.dev/provenance/v1; used: the newest',
      '',
    ].join('\n'),
  );
});

test('the schema takes a result, and nothing that it does not know', () => {
  expect(fits(RESULT)).toBe(true);
  expect(fits({ ...RESULT, claims: [{ ...claim('signed', 'pass'), verdict: 'perhaps' }] })).toBe(false);
});

describe('the statement', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signed = (
    claims: AuditResult['claims'],
  ): { predicate: Record<string, unknown>; subject: unknown } => {
    const read = parseEnvelope(signAudit({ ...RESULT, claims }, privateKey, new Date(0)) as unknown as Json);
    if ('fault' in read) throw new Error(read.fault);
    expect(isSignedBy(read.envelope, publicKey)).toBe(true);
    return JSON.parse(Buffer.from(read.envelope.payload, 'base64').toString()) as ReturnType<typeof signed>;
  };

  test('says no as well as yes, and claims no level of SLSA', () => {
    const { subject, predicate } = signed(RESULT.claims);
    expect(subject).toEqual([{ name: RESULT.reference, digest: { sha256: '1'.repeat(64) } }]);
    expect(predicate).toMatchObject({
      verificationResult: 'FAILED',
      verifiedLevels: ['https://twinproof.dev/audit/v1/signed'],
      inputAttestations: [{ uri: 'sha256-1.att', digest: { sha256: '1'.repeat(64) } }],
      timeVerified: '1970-01-01T00:00:00.000Z',
    });
    expect(signed([claim('signed', 'pass')]).predicate).toMatchObject({ verificationResult: 'PASSED' });
  });

  test.each(['unverified', 'not-checked', 'unsupported'] as const)(
    'is no PASSED where a claim is %s',
    (verdict) => {
      const { predicate } = signed([claim('signed', 'pass'), claim('source', verdict)]);
      expect(predicate.verificationResult).toBe('FAILED');
    },
  );
});

describe('a real image of GitHub', () => {
  const IDENTITY =
    'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml';
  const verdicts = async (real: string, certificateIdentity: string): Promise<string[]> => {
    const result = await audit(`oci:${real}/gha-container-layout`, {
      claims: ['signed', 'provenance', 'coverage', 'source'],
      clone: false,
      trustedRoot: `${real}/sigstore-trusted-root.json`,
      certificateIdentity,
      certificateOidcIssuer: 'https://token.actions.githubusercontent.com',
    });
    expect(fits(result)).toBe(true);
    return result.claims.map(({ verdict }) => verdict);
  };

  testForeign(
    'verifies keyless and offline, through its index, and for nobody else',
    ['provenance'],
    async (real) => {
      expect(await verdicts(real, `${IDENTITY}@refs/tags/v1.10.0`)).toEqual([
        'pass',
        'fail',
        'pass',
        'not-checked',
      ]);
      expect(await verdicts(real, `${IDENTITY}@refs/tags/v1.9.0`)).toEqual([
        'fail',
        'fail',
        'not-checked',
        'not-checked',
      ]);
    },
  );
});
