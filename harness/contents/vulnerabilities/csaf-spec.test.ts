import { expect, test } from 'vitest';
import { assessed, counted, DEBIAN, inventoryWith, RHEL } from '../../testing/contents/advisories.ts';
import { csafDocument as document, type CsafProduct as Product } from '../../testing/contents/csaf.ts';

/** What documents of other vendors hold, and must not come out as "none". */

type Package = Parameters<typeof inventoryWith>[1][number];

const zlib: Package = { name: 'zlib', version: '1.2.11-40.el9', source: 'zlib-1.2.11-40.el9.src.rpm' };
const minizip: Package = { ...zlib, name: 'minizip' };

const image = (packages: Package[] = [zlib], distribution = RHEL) => inventoryWith(distribution, packages);
const found = (doc: object, packages?: Package[], distribution = RHEL) =>
  counted(image(packages, distribution), { advisories: { 'a.json': doc } });
const open = async (doc: object, packages?: Package[], policy = {}) =>
  (await assessed(image(packages), { advisories: { 'a.json': doc } }, policy)).undecided;

const rpm = (id: string): Product => ({ id });
const affected = (product: Product, more?: Parameters<typeof document>[2]) =>
  document([product], { known_affected: [`P:${product.id}`] }, more);
const fixedBy = (product: Product, more?: Parameters<typeof document>[2]) =>
  document([product], { fixed: [`P:${product.id}`] }, more);
const ranged = (text: string): Product => ({
  id: 'r',
  purl: 'pkg:rpm/redhat/zlib',
  under: [`product_version_range ${text}`],
});

test.each<[what: string, doc: object, packages?: Package[]]>([
  [
    'a name without architecture beside a source of another package',
    document([rpm('zlib'), rpm('bash-5.1-1.el9.src')], {
      known_affected: ['P:zlib'],
      fixed: ['P:bash-5.1-1.el9.src'],
    }),
    [minizip],
  ],
  [
    'a name without architecture stands for the binaries of the source, too',
    affected(rpm('zlib')),
    [minizip],
  ],
  ['a package URL of the source', affected({ id: 'z', purl: 'pkg:rpm/redhat/zlib?arch=src' }), [minizip]],
  [
    'a build without architecture, of a minor release',
    fixedBy(rpm('zlib-1.2.11-40.el9_4.2')),
    [{ ...zlib, version: '1.2.11-40.el9_4.1' }],
  ],
  [
    'an id that says nothing, with a name that does',
    fixedBy({ id: 'CSAFPID-0001', name: 'zlib-1.2.11-41.el9.x86_64' }),
  ],
  [
    'an id that says nothing, under a branch with the name',
    affected({
      id: 'CSAFPID-0001',
      under: ['vendor Red Hat', 'product_name zlib', 'product_version 1.2.11-40.el9'],
    }),
  ],
  ['a range of versions', affected(ranged('vers:rpm/<1.2.12'))],
  ['a range without vers', affected(ranged('<1.2.12'))],
  ['a range of two bounds', affected(ranged('vers:rpm/>=1.2.0|<=1.2.11-40.el9'))],
  ['the second of two ranges', affected(ranged('vers:rpm/<1.0|>=1.2|<1.3'))],
  ['all versions', affected(ranged('vers:all/*'))],
  ['all versions but one', affected(ranged('vers:rpm/!=1.2.12-1.el9'))],
  [
    'first_affected alone',
    document([rpm('zlib-1.2.10-1.el9.x86_64')], { first_affected: ['P:zlib-1.2.10-1.el9.x86_64'] }),
  ],
  [
    'last_affected alone',
    document([rpm('zlib-1.2.11-50.el9.x86_64')], { last_affected: ['P:zlib-1.2.11-50.el9.x86_64'] }),
  ],
  [
    'first_fixed',
    document([rpm('zlib-1.2.11-41.el9.x86_64')], { first_fixed: ['P:zlib-1.2.11-41.el9.x86_64'] }),
  ],
  [
    'exactly this build affected, all others not',
    document([rpm('zlib'), rpm('zlib-1.2.11-40.el9.x86_64')], {
      known_not_affected: ['P:zlib'],
      known_affected: ['P:zlib-1.2.11-40.el9.x86_64'],
    }),
  ],
  [
    'affected and not affected at once',
    document([rpm('zlib'), { id: 'b', name: 'zlib' }], {
      known_affected: ['P:zlib'],
      known_not_affected: ['P:b'],
    }),
  ],
  [
    'an older stream is fixed, a newer one is not',
    document([rpm('nodejs-1:16.20.2-8.module+el9+1.x86_64::nodejs:16'), rpm('nodejs:18/nodejs')], {
      fixed: ['P:nodejs-1:16.20.2-8.module+el9+1.x86_64::nodejs:16'],
      known_affected: ['P:nodejs:18/nodejs'],
    }),
    [{ name: 'nodejs', version: '1:18.1.0-1.module+el9+1', module: 'nodejs:18:90' }],
  ],
  [
    'builds of a minor release of another major version',
    document([rpm('nodejs-1:16.20.2-8.el9_4.x86_64'), rpm('nodejs-1:18.20.1-1.el9.x86_64')], {
      fixed: ['P:nodejs-1:16.20.2-8.el9_4.x86_64', 'P:nodejs-1:18.20.1-1.el9.x86_64'],
    }),
    [{ name: 'nodejs', version: '1:18.1.0-1.el9_4' }],
  ],
  [
    'a whole module',
    affected({ id: 'm', purl: 'pkg:rpmmod/redhat/nodejs@18:9040020240101:rhel9' }),
    [{ name: 'nodejs', version: '1:18.1.0-1.module+el9+1', module: 'nodejs:18:90' }],
  ],
  [
    'a newer minor release of RHEL 10',
    affected(rpm('zlib'), { platform: { id: 'P', cpe: 'cpe:/o:redhat:enterprise_linux:9.7' } }),
  ],
  [
    'CPE 2.3',
    affected(rpm('zlib'), {
      platform: { id: 'P', cpe: 'cpe:2.3:o:redhat:enterprise_linux:9:*:appstream:*:*:*:*:*' },
    }),
  ],
  [
    'CSAF 2.1 with several package URLs',
    affected(
      { id: 'z', purls: ['pkg:rpm/redhat/other', 'pkg:rpm/redhat/zlib'] },
      { document: { csaf_version: '2.1' } },
    ),
  ],
  [
    'CSAF 2.1 with product paths',
    document(
      [rpm('zlib')],
      { known_affected: ['PATH'] },
      {
        document: { csaf_version: '2.1' },
        tree: {
          relationships: undefined,
          product_paths: [
            {
              beginning_product_reference: 'zlib',
              full_product_name: { name: 'x', product_id: 'PATH' },
              subpaths: [{ category: 'installed_on', next_product_reference: 'P' }],
            },
          ],
        },
      },
    ),
  ],
  [
    'a package URL without a platform',
    document([{ id: 'z', purl: 'pkg:rpm/redhat/zlib@1.2.11-41.el9?distro=rhel-9.4' }], { fixed: ['z'] }),
  ],
  [
    'a platform without a CPE name',
    affected({ id: 'z', purl: 'pkg:rpm/redhat/zlib' }, { platform: { id: 'P', name: 'RHEL 9' } }),
  ],
  [
    'a second vulnerability that lists the source only',
    {
      ...document([rpm('minizip-1.2.11-30.el9.x86_64'), rpm('zlib-1.2.11-41.el9.src')], {}),
      vulnerabilities: [
        { cve: 'CVE-2026-1', product_status: { fixed: ['P:minizip-1.2.11-30.el9.x86_64'] } },
        { cve: 'CVE-2026-2', product_status: { fixed: ['P:zlib-1.2.11-41.el9.src'] } },
      ],
    },
    [minizip],
  ],
])('affected: %s', async (_, doc, packages) => {
  expect(await found(doc, packages)).toHaveLength(1);
});

test.each<[what: string, doc: object, packages?: Package[]]>([
  [
    'another stream',
    affected(rpm('nodejs:18/nodejs')),
    [{ name: 'nodejs', version: '1:16.1.0-1.module+el9+1', module: 'nodejs:16:90' }],
  ],
  ['a stream, for a package of none', affected(rpm('zlib:1/zlib'))],
  ['a module that has the name of a package', affected({ id: 'm', purl: 'pkg:rpmmod/redhat/zlib@1:904' })],
  [
    'an image that has the name of a package',
    affected({ id: 'i', purl: 'pkg:oci/zlib@sha256%3Aab?arch=amd64' }),
  ],
  ['before the range', affected(ranged('vers:rpm/>=1.2.12|<2'))],
  ['behind the range', affected(ranged('vers:rpm/<1.2.11-40.el9'))],
  ['between two ranges', affected(ranged('vers:rpm/<1.2|>=1.3|<1.4'))],
  [
    'before first_affected',
    document([rpm('zlib-1.2.12-1.el9.x86_64')], { first_affected: ['P:zlib-1.2.12-1.el9.x86_64'] }),
  ],
  [
    'after last_affected',
    document([rpm('zlib-1.2.11-39.el9.x86_64')], { last_affected: ['P:zlib-1.2.11-39.el9.x86_64'] }),
  ],
  [
    'another release of the distribution',
    document([{ id: 'z', purl: 'pkg:rpm/redhat/zlib@1.2.11-41.el8?distro=rhel-8.10' }, rpm('other')], {
      fixed: ['z'],
    }),
  ],
  ['withdrawn', affected(rpm('zlib'), { document: { csaf_version: '2.1', category: 'csaf_withdrawn' } })],
  [
    'a name that has two numbers in it',
    affected(rpm('java-1.8.0-openjdk')),
    [{ name: 'java', version: '1.7-1' }],
  ],
])('not affected: %s', async (_, doc, packages) => {
  expect(await found(doc, packages)).toEqual([]);
  expect(await open(doc, packages)).toEqual([]);
});

test.each<[what: string, doc: object]>([
  ['under investigation', document([rpm('zlib')], { under_investigation: ['P:zlib'] })],
  [
    'unknown (CSAF 2.1)',
    document([rpm('zlib')], { unknown: ['P:zlib'] }, { document: { csaf_version: '2.1' } }),
  ],
  ['versions in words', affected(ranged('all before the second of May'))],
  ['an id that the document does not explain', document([], { known_affected: ['Q'] })],
  ['a platform as a whole', document([], { known_affected: ['P'] })],
  ['a part that is no package', affected({ id: 'x y', name: 'Some Component' })],
])('unknown: %s', async (_, doc) => {
  expect(await found(doc)).toEqual([]);
  expect(await open(doc)).toHaveLength(1);
});

test('a fix of which only a remediation tells counts as one', async () => {
  const remediations = (more: object) => ({
    vulnerability: { remediations: [{ category: 'vendor_fix', ...more }] },
  });
  const fixable = async (more: object, tree: object = {}) =>
    (
      await assessed(
        image(),
        { advisories: { 'a.json': affected(rpm('zlib'), { ...remediations(more), tree }) } },
        { fixable: true },
      )
    ).counted;
  expect(await fixable({ product_ids: ['P:zlib'] })).toMatchObject([{ fixedIn: null, hasFix: true }]);
  expect(await fixable({})).toHaveLength(1);
  expect(
    await fixable(
      { group_ids: ['g'] },
      { product_groups: [{ group_id: 'g', product_ids: ['P:zlib', 'P'] }] },
    ),
  ).toHaveLength(1);
  expect(await fixable({ product_ids: ['other'] })).toEqual([]);
  expect(await fixable({ category: 'none_available' })).toEqual([]);
});

test('of several releases of a document the last counts; scores of CSAF 2.1 are read', async () => {
  const old = affected(rpm('zlib'), { tracking: { current_release_date: '2026-11-18T00:00:00Z' } });
  const fresh = document([rpm('zlib')], { known_not_affected: ['P:zlib'] });
  expect(await counted(image(), { advisories: { 'a.json': fresh, 'b.json': old } })).toEqual([]);
  const metrics = [{ content: { cvss_v4: { baseScore: 9.3 } } }];
  const scored = affected(rpm('zlib'), { vulnerability: { metrics }, document: { csaf_version: '2.1' } });
  expect((await assessed(image(), { advisories: { 'a.json': scored } })).counted).toMatchObject([
    { severity: 'critical' },
  ]);
});

test("SUSE's modules are parts of its products; relations in a circle come to an end", async () => {
  const sles = { id: 'sles', version: '15.5', name: null, cpe: 'cpe:/o:suse:sles:15:sp5' };
  const of = (cpe: string) => found(affected(rpm('zlib'), { platform: { id: 'P', cpe } }), [zlib], sles);
  expect(await of('cpe:/o:suse:sle-module-basesystem:15:sp5')).toHaveLength(1);
  await expect(of('cpe:/o:suse:sle-module-basesystem:15:sp4')).rejects.toMatchObject({ code: 'unknown' });
  const circle = [
    ['P:zlib', 'zlib', 'Q'],
    ['Q', 'Q', 'P'],
    ['P', 'P', 'Q'],
  ].map(([id, part, whole]) => ({
    ...{ category: 'installed_on', product_reference: part, relates_to_product_reference: whole },
    full_product_name: { name: id, product_id: id },
  }));
  expect(await found(affected(rpm('zlib'), { tree: { relationships: circle } }))).toHaveLength(1);
});

test('a distribution without CPE name, by package URL', async () => {
  const deb = { id: 'z', purl: 'pkg:deb/debian/zlib1g@1%3A1.2.13-2?distro=bookworm' };
  const zlib1g = { name: 'zlib1g', version: '1:1.2.13-1' };
  const advisory = (product: Product) => ({ 'a.json': document([product], { fixed: [product.id] }) });
  expect(await counted(inventoryWith(DEBIAN, [zlib1g]), { advisories: advisory(deb) })).toHaveLength(1);
  const other = { ...deb, purl: deb.purl.replace('bookworm', 'trixie') };
  await expect(
    assessed(inventoryWith(DEBIAN, [zlib1g]), { advisories: advisory(other) }),
  ).rejects.toMatchObject({ code: 'unknown' });
});
