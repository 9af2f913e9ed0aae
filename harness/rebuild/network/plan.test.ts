import { mkdtemp, rm } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { rememberRedirects } from '../../fetch/redirects.ts';
import type { Lock } from '../../lock/types.ts';
import { networkOf } from './plan.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'plan-'));
  vi.stubEnv('TWINPROOF_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

const locked = (...urls: string[]): Lock => ({
  kind: 'rpm',
  path: 'rpms.lock.yaml',
  digest: 'sha256:00',
  arches: [
    {
      arch: 'x86_64',
      packages: urls.map((url) => ({ url, repoid: 'base' })),
      source: [],
      moduleMetadata: [],
    },
  ],
  origins: [],
  expiredReleases: [],
});
const plan = (...urls: string[]) =>
  networkOf({ lock: locked(...urls), architecture: 'amd64', sourceDateEpoch: 7 });

describe('networkOf', () => {
  test('answers exactly what is locked, on the ports that the URLs name', async () => {
    const { plan: made, trust } = await plan('https://A.example:8443/x.rpm#part', 'http://b.example/y.rpm');
    expect(made.routes).toEqual([
      { url: 'https://a.example:8443/x.rpm', file: 'rpm/x86_64/base/x.rpm' },
      { url: 'http://b.example/y.rpm', file: 'rpm/x86_64/base/y.rpm' },
    ]);
    expect(made.hosts).toEqual(['a.example', 'b.example']);
    expect(made.ports).toEqual({ http: [80], https: [8443] });
    const server = new X509Certificate(made.certificates);
    expect(server.checkHost('a.example')).toBe('a.example');
    expect(server.checkHost('c.example')).toBeUndefined();
    expect(server.verify(new X509Certificate(trust ?? '').publicKey)).toBe(true);
  });

  test('sends on as the origin did', async () => {
    const url = 'https://a.example/x.rpm';
    await rememberRedirects(cache, url, [{ url, status: 302, location: 'http://cdn.example/1' }]);
    const { plan: made } = await plan(url);
    expect(made.routes).toEqual([
      { url, status: 302, location: 'http://cdn.example/1' },
      { url: 'http://cdn.example/1', file: 'rpm/x86_64/base/x.rpm' },
    ]);
    expect(made.hosts).toContain('cdn.example');
  });

  test('has nobody to trust where nothing is locked by HTTPS', async () => {
    expect((await plan('http://b.example/y.rpm')).trust).toBeNull();
    const none = await networkOf({ lock: null, architecture: 'amd64', sourceDateEpoch: 7 });
    expect(none.plan.routes).toEqual([]);
    expect(none.trust).toBeNull();
  });
});
