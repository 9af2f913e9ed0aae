import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Refused } from '../rebuild/network/types.ts';
import { rememberRedirects } from '../fetch/redirects.ts';
import { testSubject } from '../testing/plan/subject.ts';
import { judge } from './hermetic.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'hermetic-'));
  vi.stubEnv('TWINPROOF_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

const byAddress = 'https://192.0.2.10/x.deb';
const byName = 'https://packages.example/x.deb';

/** Two builds that failed after the kernel counted an attempt, of a subject with these URLs in its lock. */
function judged(urls: string[], refused: Refused[] = []) {
  const build = (twin: string) => ({
    twin,
    environment: [],
    started: new Date(0),
    seconds: 1,
    outcome: { built: false as const, error: { code: 'build-failed' as const, message: 'it ended' } },
    networkAttempts: 1 + refused.length,
    refused,
    log: null,
    logDropped: 0,
    host: { node: 'n', bootId: null, kernel: '6', cpu: null, architecture: 'x86_64' },
  });
  const packages = urls.map((url) => ({ url, repoid: 'a', name: 'x', evr: '1' }));
  return judge({
    subject: testSubject('x'),
    builds: [build('A'), build('B')],
    inputs: { folder: null, files: urls.length, bytes: 1, unverified: [], unsized: 0 },
    builder: { name: 'b', digest: 'sha256:0' },
    buildEvidence: [],
    lock: {
      kind: 'deb',
      path: 'debs.lock.yaml',
      digest: 'sha256:0',
      arches: [{ arch: 'amd64', packages, source: [], moduleMetadata: [] }],
      origins: [],
      expiredReleases: [],
    },
  });
}

test('a build that failed after it asked for an address is undecided where a locked URL names one, which nothing answers', async () => {
  expect(await judged([byName, byAddress, 'http://[2001:db8::1]/y.deb'])).toMatchObject({
    verdict: 'error',
    error: { code: 'unsupported', message: expect.stringContaining(`${byAddress} and 1 more`) as string },
  });
  await rememberRedirects(cache, byName, [{ url: byName, status: 302, location: byAddress }]);
  expect(await judged([byName])).toMatchObject({ verdict: 'error', error: { code: 'unsupported' } });
});

test('it does not hold where every locked URL is answered, or something else was refused by its name', async () => {
  expect(await judged([byName, 'http://127.0.0.1:8080/x.deb'])).toMatchObject({
    verdict: 'fail',
    fix: expect.stringMatching(/^add what it asked for to debs\.in\.yaml and write the lock again/) as string,
  });
  const refused = [{ kind: 'name' as const, what: 'example.org', times: 1 }];
  expect(await judged([byAddress], refused)).toMatchObject({ verdict: 'fail' });
});
