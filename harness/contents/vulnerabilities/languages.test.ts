import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LanguageContents } from '../languages/look.ts';
import {
  DEBIAN,
  type Documents,
  fixedIn,
  inventoryWith,
  osv,
  POLICY,
  writeDocuments,
} from '../../testing/contents/advisories.ts';
import { scratch } from '../../testing/oci/image.ts';
import { assess } from './assess.ts';

const image = inventoryWith(DEBIAN, [{ name: 'openssl', version: '4' }]);
const base = {
  'base.json': osv('CVE-2026-9', { ecosystem: 'Debian:12', name: 'openssl', events: fixedIn('1') }),
};

async function of(languages: Partial<LanguageContents>, advisories: Documents, vex: Documents | null = null) {
  await using folder = await scratch();
  const at = (name: string): string => join(folder.path, name);
  return await assess(
    image,
    {
      advisories: await writeDocuments(at('advisories'), { ...base, ...advisories }),
      vex: vex === null ? null : await writeDocuments(at('vex'), vex),
      languages: { packages: [], unknown: [], ...languages },
    },
    POLICY,
  );
}

const one = (ecosystem: string, name: string, version: string) => ({
  packages: [{ ecosystem, name, version, path: `srv/${name}` }],
});
const record = (ecosystem: string, name: string, fix: string, type = 'SEMVER') => ({
  'a.json': osv('GHSA-1', { ecosystem, name, ranges: [{ type, events: fixedIn(fix) }] }),
});

test.each<[ecosystem: string, name: string, version: string, advised: string, fix: string, isIn: boolean]>([
  ['npm', '@a/b', '1.9.0', '@a/b', '1.10.0', true],
  ['npm', 'b', '1.10.0', 'b', '1.10.0', false],
  ['npm', 'b', '2.0.0-rc.1', 'b', '2.0.0', true],
  ['PyPI', 'Foo_Bar', '1.0rc1', 'foo-bar', '1.0', true],
  ['PyPI', 'foo.bar', '1.0.post1', 'Foo-Bar', '1.0', false],
  ['Go', 'golang.org/x/net', 'v0.5.0', 'golang.org/x/net', '0.7.0', true],
  ['Go', 'stdlib', '1.22.3', 'stdlib', '1.22.4', true],
  ['Go', 'x', 'v0.0.0-20200101000000-abcdef123456', 'x', '0.0.0-20210101000000-000000000000', true],
  ['crates.io', 'time', '0.2.23', 'time', '0.2.23', false],
  ['RubyGems', 'rack', '2.0.0.rc1', 'rack', '2.0.0', true],
  ['Maven', 'org.x:y', '2.14.1', 'org.x:y', '2.15.0', true],
  ['Maven', 'org.x:y', '2.15.0-rc1', 'org.x:y', '2.15.0', true],
])('%s %s %s', async (...row) => {
  const [ecosystem, name, version, advised, fix, isIn] = row;
  const found = await of(one(ecosystem, name, version), record(ecosystem, advised, fix, 'ECOSYSTEM'));
  expect(found.counted).toHaveLength(isIn ? 1 : 0);
  expect(found).toMatchObject({ undecided: [], notLookedAt: [], languages: { [ecosystem]: 1 } });
});

test('a language that no advisory speaks of, or whose advisories are old, is not looked at', async () => {
  expect(await of(one('npm', 'b', '1.0.0'), {})).toMatchObject({
    ...{ counted: [], notLookedAt: [{ ecosystem: 'npm', files: 1, example: 'srv/b' }] },
  });
  const old = { 'a.json': { ...record('npm', 'c', '1')['a.json'], modified: '2026-10-01T00:00:00Z' } };
  expect((await of(one('npm', 'b', '1.0.0'), old)).notLookedAt[0]?.why).toContain('older than 7 days');
  const unknown = [{ ecosystem: 'none', files: 1, example: 'x' }];
  expect((await of({ unknown }, {})).notLookedAt).toHaveLength(1);
});

test('a version that has no place in the order cannot be decided, one that is listed can', async () => {
  const main = one('Go', 'x/app', '(devel)');
  expect((await of(main, record('Go', 'x/app', '1.0.0'))).undecided).toHaveLength(1);
  expect((await of(main, record('Go', 'x/other', '1.0.0'))).undecided).toEqual([]);
  const listed = { 'a.json': osv('GHSA-1', { ecosystem: 'npm', name: 'b', versions: ['1.0-x y'] }) };
  expect((await of(one('npm', 'b', '1.0-x y'), listed)).counted).toHaveLength(1);
});

test('names are those of the ecosystem: no other, no scope left out, and VEX keeps to it', async () => {
  expect((await of(one('npm', 'b', '1.0.0'), record('npm', '@a/b', '2.0.0'))).counted).toEqual([]);
  expect(
    (
      await of(one('npm', 'b', '1.0.0'), {
        ...record('PyPI', 'b', '2.0.0'),
        ...{ 'c.json': osv('X', { ecosystem: 'npm', name: 'c', events: fixedIn('1') }) },
      })
    ).counted,
  ).toEqual([]);
  const vex = (id: string) => ({
    'v.json': {
      ...{ '@context': 'https://openvex.dev/ns/v0.2.0', timestamp: '2026-11-01T00:00:00Z' },
      statements: [
        {
          vulnerability: { name: 'GHSA-1' },
          products: [{ '@id': id }],
          status: 'not_affected',
          justification: 'component_not_present',
        },
      ],
    },
  });
  const left = async (id: string) =>
    (await of(one('npm', '@a/b', '1.0.0'), record('npm', '@a/b', '2.0.0'), vex(id))).counted;
  expect(await left('pkg:npm/b')).toHaveLength(1);
  expect(await left('pkg:npm/%40a/b@2.0.0')).toHaveLength(1);
  expect(await left('pkg:npm/%40a/b')).toEqual([]);
});

test('CSAF about packages of a language, by package URL', async () => {
  const csaf = {
    document: {
      category: 'csaf_security_advisory',
      csaf_version: '2.0',
      tracking: { id: 'X-1', current_release_date: '2026-11-20T00:00:00Z' },
    },
    product_tree: {
      branches: [
        {
          category: 'product_version_range',
          name: 'vers:npm/<2.0.0',
          product: { name: 'b', product_id: 'b', product_identification_helper: { purl: 'pkg:npm/%40a/b' } },
        },
      ],
    },
    vulnerabilities: [{ cve: 'CVE-2026-1', product_status: { known_affected: ['b'] } }],
  };
  expect((await of(one('npm', '@a/b', '1.0.0'), { 'a.json': csaf })).counted).toMatchObject([
    { id: 'CVE-2026-1', fixedIn: '2.0.0' },
  ]);
  expect((await of(one('npm', '@a/b', '2.0.0'), { 'a.json': csaf })).counted).toEqual([]);
});
