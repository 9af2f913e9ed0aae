import { expect, test } from 'vitest';
import { auditClaim, auditResult } from '../../../testing/audit/result.ts';
import { auditHtml } from './page.ts';

/** What is read, without markup. */
const read = (page: string): string =>
  page
    .replace(/^[\s\S]*<body>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('the page says each verdict with its reason, how the image was made, and what was found', async () => {
  const text = read(await auditHtml(auditResult('TEXT')));
  expect(text).toContain(
    '6 claims: 1 pass, 1 fail, 1 could not be checked for a fault, 1 unverified, 1 not checked, 1 not supported',
  );
  expect(text).toContain('fail published : TEXT');
  expect(text).toContain('unverified coverage : TEXT Needed: more');
  expect(text).toContain('Twin a with what was published: not equal ; the strongest rung is tree-no-times');
  expect(text).toContain('commit TEXT TEXT TEXT by label TEXT a1#/predicate/TEXT');
  expect(text).toContain('TEXT verified, key TEXT yes TEXT cosign-tag TEXT');
  expect(text).toContain('unreadable no TEXT referrers-api TEXT');
});

test.each([
  [
    { kind: 'failed', twin: 'b', message: 'm', network: { attempts: 0, refused: [], unverified: [] } },
    'Twin b could',
  ],
  [{ kind: 'lacking', lacks: [{ code: 'unsupported', what: 'w' }] }, 'It lacks: unsupported: w'],
  [{ kind: 'rests-on', why: 'source: no' }, 'Nothing was built. source: no'],
  [{ kind: 'error', code: 'storage', message: 'full' }, 'storage full'],
] as const)('a rebuild that did not come to an image says why: %j', async (outcome, said) => {
  const result = auditResult('TEXT');
  const rebuilds = [{ platform: 'linux/amd64', digest: result.image.digest, outcome }];
  expect(read(await auditHtml({ ...result, rebuilds } as unknown as typeof result))).toContain(said);
});

test('one claim, nothing found', async () => {
  const bare = { found: [], unreadable: [], recipes: [], rebuilds: [], source: null };
  const text = read(
    await auditHtml({ ...auditResult('TEXT'), ...bare, claims: [auditClaim('signed', 'pass')] }),
  );
  expect(text).toContain('1 claim: 1 pass');
  expect(text).toContain('Nothing that speaks about this image.');
});
