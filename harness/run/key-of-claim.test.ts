import { expect, test } from 'vitest';
import type { Smoke, Subject } from '../catalog/types.ts';
import { testSubject } from '../testing/plan/subject.ts';
import { keyDigest } from '../record/key.ts';
import { cell } from '../testing/record/run.ts';
import { keyOfClaim } from './key-of-claim.ts';
import { CLAIMS } from '../claims/registry.ts';

const { key: builds } = cell('a', 'pass');
if (builds === null) throw new Error('a cell without a key');

const smoke = (expect: string): Smoke => ({ expect, timeout: 1, environment: {}, writable: [] });
const runs = { runs: { made: true } } as const;

const digestOf = (claim: string, more: Partial<Subject>): string =>
  keyDigest(keyOfClaim(builds, testSubject('a', more), CLAIMS.get(claim)));

test.each<[string, Partial<Subject>, Partial<Subject>]>([
  [
    'reproducible',
    { claims: { reproducible: { made: true, rung: 'layers' } } },
    { claims: { reproducible: { made: true, rung: 'tree' } } },
  ],
  [
    'downgrade',
    { claims: { downgrade: { made: true, policy: 'refused' } } },
    { claims: { downgrade: { made: true, policy: 'allowed' } } },
  ],
  ['runs', { claims: runs, smoke: smoke('1') }, { claims: runs, smoke: smoke('2') }],
])('a result of %s is one of what was asked', (claim, before, after) => {
  expect(digestOf(claim, before)).not.toBe(digestOf(claim, after));
  expect(digestOf(claim, before)).toBe(digestOf(claim, before));
});

test('what is asked of another claim does not matter', () => {
  const claims = { hermetic: { made: true }, reproducible: { made: true, rung: 'tree' } } as const;
  expect(keyOfClaim(builds, testSubject('a', { claims, smoke: smoke('1') }), CLAIMS.get('hermetic'))).toEqual(
    builds,
  );
});

test('a result of a claim of the user is one of its suite as it was', () => {
  const own = (suite: string) =>
    keyOfClaim(builds, testSubject('a'), { ...CLAIMS.get('hermetic'), id: 'own', suite });
  expect(own('sha256:1').suite).toBe('sha256:1');
  expect(keyDigest(own('sha256:1'))).not.toBe(keyDigest(own('sha256:2')));
  expect(keyOfClaim(builds, testSubject('a'), CLAIMS.get('hermetic'))).not.toHaveProperty('suite');
});

test('a result is one of what the options of its claim name', () => {
  const sbom = CLAIMS.get('sbom');
  const files = (digest: string) => ({ sbom: { document: digest } });
  const key = keyOfClaim(builds, testSubject('a'), sbom, files('sha256:1'));
  expect(key.files).toEqual({ document: 'sha256:1' });
  expect(keyDigest(key)).not.toBe(keyDigest(keyOfClaim(builds, testSubject('a'), sbom, files('sha256:2'))));
  expect(keyOfClaim(builds, testSubject('a'), CLAIMS.get('minimal'), files('sha256:1'))).toEqual(builds);
});
