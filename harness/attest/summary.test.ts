import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyAttestations } from './attest.ts';
import { signEnvelope } from './dsse.ts';
import { AUDIT_POLICY, VSA } from './predicates.ts';
import { lacking } from './require.ts';

const key = generateKeyPairSync('ed25519');
const NAME = 'docker://registry.example/app:1';

interface Said {
  result?: string;
  verdicts?: string[];
  policy?: string;
  name?: string;
}

const summary = ({
  result = 'PASSED',
  verdicts = ['pass'],
  policy = AUDIT_POLICY,
  name = NAME,
}: Said): string =>
  JSON.stringify(
    signEnvelope(
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name, digest: { sha256: 'a'.repeat(64) } }],
        predicateType: VSA,
        predicate: {
          policy: { uri: policy },
          verificationResult: result,
          [AUDIT_POLICY]: { claims: verdicts.map((verdict, at) => ({ claim: `c${at}`, verdict })) },
        },
      },
      key.privateKey,
    ),
  );

const read = (...texts: string[]) => verifyAttestations(texts.join('\n'), key.publicKey);

test('the outcome of an audit is read, a yes as well as a no', async () => {
  const yes = await read(summary({}));
  expect(yes).toMatchObject({ faults: [], unchecked: [], statements: [{ predicateType: VSA }] });
  expect(lacking(yes.statements, 'PASSED')).toEqual([]);
  const no = await read(summary({ result: 'FAILED', verdicts: ['pass', 'unverified'] }));
  expect(no).toMatchObject({ faults: [], unchecked: [] });
  expect(lacking(no.statements, 'PASSED')).toEqual([NAME]);
  expect(lacking(yes.statements, 'REPRODUCIBLE')).toEqual([NAME]);
});

test('a no counts more than a yes about the same image', async () => {
  const { statements } = await read(summary({}), summary({ result: 'FAILED', verdicts: ['fail'] }));
  expect(lacking(statements, 'PASSED')).toEqual([NAME]);
});

test.each([
  ['a claim that does not hold', { verdicts: ['pass', 'fail'] }, 'verdict of c1 is "fail"'],
  ['a claim that was not checked', { verdicts: ['unverified'] }, 'verdict of c0 is "unverified"'],
  ['no claims', { verdicts: [] }, 'claims'],
  ['another word', { result: 'OK' }, 'verificationResult'],
])('PASSED beside %s is wrong', async (_what, said, fault) => {
  const { statements, faults } = await read(summary(said));
  expect(statements).toEqual([]);
  expect(faults).toEqual([expect.stringContaining(fault)]);
});

test('a summary by the policy of others is not read', async () => {
  const { statements, unchecked } = await read(summary({ policy: 'https://example.org/policy' }));
  expect(statements).toEqual([]);
  expect(unchecked).toEqual([expect.stringContaining('not read here')]);
});
