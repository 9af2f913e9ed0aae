import { expect, test } from 'vitest';
import type { NamedLock } from '../lock/types.ts';
import { judged } from './locked.ts';

const arch = {
  arch: 'amd64',
  packages: [{ name: 'base', evr: '1', url: 'https://x.example/base.deb', repoid: 'sid' }],
  source: [],
  moduleMetadata: [],
};
const inputs = { folder: null, files: 1, bytes: 1, unverified: [], unsized: 0 };
const databases = [
  {
    format: 'dpkg' as const,
    paths: ['var/lib/dpkg/status'],
    packages: [{ name: 'base', version: '1', architecture: 'amd64' }],
  },
];
const judge = (expiredReleases: NamedLock['expiredReleases']) => {
  const lock = {
    kind: 'deb' as const,
    path: 'debs.lock.yaml',
    digest: '',
    arches: [arch],
    origins: [],
    expiredReleases,
  };
  return judged(databases, { arch, lock, inputs });
};

test('a lock from an archive past its Valid-Until is reported in the line and the details of the cell', () => {
  const [date, validUntil] = [new Date('2026-10-30T08:08:01Z'), new Date('2026-11-06T08:08:01Z')];
  const url = 'https://x.example/dists/sid/InRelease';
  expect(judge([{ url, repoid: 'sid', date, validUntil }])).toMatchObject({
    verdict: 'pass',
    summary:
      '1 packages, exactly as locked; the lock is from Release files past their Valid-Until: sid (2026-11-06T08:08:01Z)',
    detail: {
      expiredReleases: [
        { url, repoid: 'sid', date: '2026-10-30T08:08:01Z', validUntil: '2026-11-06T08:08:01Z' },
      ],
    },
  });
  const usual = judge([]);
  expect(usual.summary).toBe('1 packages, exactly as locked');
  expect(usual.detail).not.toHaveProperty('expiredReleases');
});

test.each([
  [
    'extra',
    { installed: ['base 1', 'more 2'], locked: ['base'] },
    'add more to debs.in.yaml and write the lock again',
  ],
  [
    'missing',
    { installed: ['base 1'], locked: ['base', 'less'] },
    'install less, or take it out of debs.in.yaml',
  ],
  [
    'of another version',
    { installed: ['base 2'], locked: ['base'] },
    'install base from /cachi2/output/deps, not',
  ],
])('a package that is %s: what to do is said', (_what, { installed, locked }, fix) => {
  const [entry] = arch.packages;
  const packages = locked.map((name) => ({
    ...entry,
    name,
    evr: '1',
    url: 'https://x.example/a.deb',
    repoid: 'sid',
  }));
  const lock = {
    ...{ kind: 'deb', path: '/x/debs.lock.yaml', digest: '', origins: [], expiredReleases: [] },
  };
  const there = installed.map((text) => {
    const [name = '', version = ''] = text.split(' ');
    return { name, version, architecture: 'amd64' };
  });
  const named = { ...lock, arches: [{ ...arch, packages }] };
  const found = judged([{ format: 'dpkg', paths: [], packages: there }], {
    arch: { ...arch, packages },
    lock: named,
    inputs,
  });
  expect(found).toMatchObject({ verdict: 'fail' });
  expect(found.fix).toContain(fix);
  expect(judge([])).not.toHaveProperty('fix');
});
