import { expect, test } from 'vitest';
import { gem, maven, pep440, semver, type VersionOrder } from './version-orders.ts';

/** Each list in its order; what is joined by `=` is equal. */
const LISTS: [name: string, order: VersionOrder, list: string][] = [
  [
    'semver.org, section 11',
    semver,
    '0.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0=v1.0=1.0.0+build 1.0.1 1.10.0 2.0.0',
  ],
  [
    'Go pseudo-versions',
    semver,
    'v0.0.0-20200101000000-abcdef123456 v0.0.0-20210101000000-000000000000 v0.0.1 v2.0.0+incompatible',
  ],
  [
    'PEP 440',
    pep440,
    '1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1=1.0c1=1.0-preview1 1.0=1=1.0.0=v1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456=1.0-456=1.0.r456 1.1.dev1 1.10 2012.1 1!0.1',
  ],
  ['RubyGems', gem, '1.0.a 1.0.a.2 1.0.b1 1.0.rc1 1.0=1=1.0.0 1.0.1 1.9.3 1.10.0.beta 1.10.0=1.10 2.0'],
  [
    'Maven',
    maven,
    '1-alpha-1=1-a1=1alpha1 1-alpha2 1-beta1=1-b1 1-milestone-1=1-m1 1-rc1=1-cr1 1-snapshot 1=1.0=1.0.0=1-ga=1-final=1.release 1-sp 1-foo 1-1 1.0.1 1.1 1.10 2',
  ],
];

test.each(LISTS)('%s', (_, { compare, canCompare }, list) => {
  const steps = list.split(' ').map((step) => step.split('='));
  for (const [i, step] of steps.entries())
    for (const version of step) {
      expect(canCompare(version), version).toBe(true);
      for (const [j, others] of steps.entries())
        for (const other of others)
          expect(Math.sign(compare(version, other)), `${version} ${other}`).toBe(Math.sign(i - j));
    }
});

test.each<[VersionOrder, string[]]>([
  [semver, ['', '(devel)', 'latest', '1.0.0 beta', 'abc123']],
  [pep440, ['', 'unknown', '1.0-final-x']],
  [gem, ['', 'x', '1..2']],
  [maven, ['', '${project.version}', '[1,2)']],
])('what has no place in an order', ({ canCompare }, versions) => {
  for (const version of versions) expect(canCompare(version), version).toBe(false);
});
