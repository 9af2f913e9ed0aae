import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  assessed,
  counted,
  DEBIAN,
  digest,
  fixedIn,
  inventoryWith,
  osv,
  POLICY,
  writeDocuments,
} from '../../testing/contents/advisories.ts';
import { scratch } from '../../testing/oci/image.ts';
import { assess } from './assess.ts';

const image = inventoryWith(DEBIAN, [
  { name: 'libssl3', version: '3.0.11-1', source: 'openssl' },
  { name: 'openssl', version: '3.0.11-1' },
]);
const OPENSSL = { ecosystem: 'Debian:12', name: 'openssl', events: fixedIn('3.0.15-1') };
const record = (more: object = {}): object => osv('CVE-2026-1', OPENSSL, more);
const advisories = { 'a.json': record() };

test('no data, old data and distributions that nobody knows are unknown, never none', async () => {
  await expect(assessed(image, { advisories: {} })).rejects.toMatchObject({
    ...{ code: 'unknown', message: 'there is no advisory about Debian:12' },
  });
  const old = { 'a.json': record({ modified: '2026-11-01T00:00:00Z' }) };
  await expect(assessed(image, { advisories: old })).rejects.toThrow(
    'older than 7 days: the newest advisory is of 2026-11-01',
  );
  expect((await assessed(image, { advisories: old }, { maxAge: 30 })).counted).toHaveLength(2);
  // A time to come does not make the data new.
  const late = { ...old, 'b.json': record({ modified: '2099-01-01T00:00:00Z' }) };
  await expect(assessed(image, { advisories: late })).rejects.toMatchObject({ code: 'unknown' });
  for (const distribution of [
    null,
    { ...DEBIAN, id: 'plan9' },
    { ...DEBIAN, id: '' },
    { ...DEBIAN, version: null },
  ])
    await expect(
      assessed({ ...image, distribution }, { advisories }),
      JSON.stringify(distribution),
    ).rejects.toMatchObject({ code: 'unknown' });
  await expect(assessed({ ...image, packages: [] }, { advisories })).rejects.toMatchObject({
    code: 'unsupported',
  });
  const mixed = inventoryWith(DEBIAN, [{ name: 'bash', version: '1-1', format: 'rpm' }]);
  await expect(assessed(mixed, { advisories })).rejects.toThrow('say nothing of bash (rpm)');
});

test('a distribution that is not listed may be named as it names itself', async () => {
  const own = { ...DEBIAN, id: 'own', version: '1' };
  const record1 = osv('X-1', { ecosystem: 'own:1', name: 'libssl3', events: fixedIn('9') });
  expect(await counted({ ...image, distribution: own }, { advisories: { 'a.json': record1 } })).toEqual([
    'X-1 libssl3 9',
  ]);
  const next = { ...own, version: '2' };
  await expect(
    assessed({ ...image, distribution: next }, { advisories: { 'a.json': record1 } }),
  ).rejects.toMatchObject({ code: 'unknown' });
});

test('a file that cannot be read ends it, and none is passed over', async () => {
  for (const [text, told] of [
    ['{', 'is not JSON'],
    ['{"schema_version":"1","id":"x","modified":"2026","affected":{}}', '/affected'],
    ['{"document":{"csaf_version":"2.1"}}', '/document'],
  ] as const) {
    const error: unknown = await assessed(image, { advisories: { 'a.json': text } }).catch(
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'catalog-invalid', where: 'a.json' });
    expect(String(error)).toContain(told);
  }
  expect((await assessed(image, { advisories: { ...advisories, 'index.json': '{}' } })).counted).toHaveLength(
    2,
  );
});

test('what may hold advisories and is not read ends it', async () => {
  for (const [file, content] of [
    ['all.zip', 'PK'],
    ['a.jsonl', '{}'],
    ['PYSEC-1.yaml', 'id: PYSEC-1\ndetails: x\naffected: []\n'],
  ] as const)
    await expect(
      assessed(image, { advisories: { ...advisories, [file]: content } }),
      file,
    ).rejects.toMatchObject({
      ...{ code: 'catalog-invalid', where: file },
    });
  const others = { 'README.md': '#', 'ci.yml': 'on: push\n', 'index.json': '{}', 'B.JSON': { vulns: [] } };
  expect(await assessed(image, { advisories: { ...advisories, ...others } })).toMatchObject({ others: 1 });
  await using folder = await scratch();
  const at = await writeDocuments(join(folder.path, 'advisories'), advisories);
  await symlink('a.json', join(at, 'b.json'));
  await expect(assess(image, { advisories: at, vex: null }, POLICY)).rejects.toThrow('symbolic link');
  const answer = { 'a.json': { vulns: [record()] } };
  expect((await assessed(image, { advisories: answer })).counted).toHaveLength(2);
});

test('the policy counts what is severe, fixable and old enough; what is not rated counts always', async () => {
  const rated = (vector: string) => ({
    'a.json': record({ severity: [{ type: 'CVSS_V3', score: vector }] }),
  });
  const worst = rated('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H');
  const low = rated('CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N');
  const broken = rated('CVSS:3.1/AV:N');
  const high = { severity: 'high' } as const;
  expect(await counted(image, { advisories: worst }, high)).toHaveLength(2);
  expect(await counted(image, { advisories: low }, high)).toEqual([]);
  expect((await assessed(image, { advisories: low }, high)).tolerated).toHaveLength(2);
  expect(await counted(image, { advisories: broken }, high)).toHaveLength(2);
  expect(await counted(image, { advisories }, high)).toHaveLength(2);
  const unfixed = { 'a.json': osv('CVE-2026-1', { ...OPENSSL, events: [{ introduced: '0' }] }) };
  expect(await counted(image, { advisories: unfixed })).toHaveLength(2);
  expect(await counted(image, { advisories: unfixed }, { fixable: true })).toEqual([]);
  const young = { 'a.json': record({ published: '2026-11-19T00:00:00Z' }) };
  expect(await counted(image, { advisories: young }, { grace: 7 })).toEqual([]);
  expect(await counted(image, { advisories: young }, { grace: 1 })).toHaveLength(2);
  expect(await counted(image, { advisories }, { grace: 7 })).toHaveLength(2);
});

const vex = (products: unknown[], more: object = {}) => ({
  'a.json': {
    ...{ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'x', author: 'a', version: 1 },
    timestamp: '2026-11-01T00:00:00Z',
    statements: [
      {
        ...{ vulnerability: { name: 'CVE-2026-1' }, products, status: 'not_affected' },
        ...{ justification: 'vulnerable_code_not_present', ...more },
      },
    ],
  },
});
const LIB = 'pkg:deb/debian/libssl3@3.0.11-1';
const left = (documents: object) =>
  counted(image, { advisories, vex: documents as Record<string, unknown> }).then((all) =>
    all.map((line) => line.split(' ')[1]),
  );

test('a statement takes back what it names, and no other package of the source', async () => {
  const { excused, counted: open } = await assessed(image, { advisories, vex: vex([{ '@id': LIB }]) });
  expect(open).toMatchObject([{ package: 'openssl' }]);
  expect(excused).toMatchObject([
    {
      vulnerability: { package: 'libssl3' },
      statement: 'a.json#/statements/0',
      why: 'vulnerable_code_not_present',
    },
  ]);
  expect(await left(vex([{ '@id': 'pkg:deb/debian/libssl3' }]))).toEqual(['openssl']);
  expect(await left(vex(['pkg:deb/debian/libssl3']))).toEqual(['openssl']);
  expect(await left(vex([{ '@id': 'x', identifiers: { purl: LIB } }]))).toEqual(['openssl']);
  const image1 = { '@id': `pkg:oci/app@${encodeURIComponent(digest)}` };
  expect(await left(vex([{ ...image1, subcomponents: [{ '@id': LIB }] }]))).toEqual(['openssl']);
  expect(await left(vex([image1]))).toEqual([]);
});

test.each<[why: string, documents: object]>([
  ['another version', vex([{ '@id': 'pkg:deb/debian/libssl3@3.0.10-1' }])],
  ['another architecture', vex([{ '@id': `${LIB}?arch=arm64` }])],
  ['another distribution', vex([{ '@id': 'pkg:deb/ubuntu/libssl3@3.0.11-1' }])],
  ['the source', vex([{ '@id': 'pkg:deb/debian/openssl@3.0.11-1?arch=source' }])],
  ['an image without its digest', vex([{ '@id': 'pkg:oci/app' }])],
  ['another image', vex([{ '@id': `pkg:oci/app@sha256%3A${'b'.repeat(64)}` }])],
  ['a package of another image', vex([{ '@id': 'pkg:oci/other', subcomponents: [{ '@id': LIB }] }])],
  ['nothing', vex([])],
  ['no reason', vex([{ '@id': LIB }], { justification: undefined })],
  ['another vulnerability', vex([{ '@id': LIB }], { vulnerability: { name: 'CVE-2026-2' } })],
  ['that it is affected', vex([{ '@id': LIB }], { status: 'affected' })],
  ['that nobody knows yet', vex([{ '@id': LIB }], { status: 'under_investigation' })],
])('a statement of %s takes nothing back', async (_, documents) => {
  expect(await left(documents)).toEqual(['libssl3', 'openssl']);
});

test('the last word counts; of two at once the one that takes nothing back', async () => {
  const yes = vex([{ '@id': LIB }])['a.json'];
  const no = (time: string) => vex([{ '@id': LIB }], { status: 'affected', timestamp: time })['a.json'];
  expect(await left({ 'a.json': yes, 'b.json': no('2026-10-01T00:00:00Z') })).toEqual(['openssl']);
  expect(await left({ 'a.json': yes, 'b.json': no('2026-11-10T00:00:00Z') })).toHaveLength(2);
  expect(await left({ 'a.json': yes, 'b.json': no('2026-11-01T00:00:00Z') })).toHaveLength(2);
});

test('an advisory about two vulnerabilities is not taken back by one of them; aliases are one', async () => {
  const two = { 'a.json': osv('DSA-1-1', OPENSSL, { upstream: ['CVE-2026-1', 'CVE-2026-2'] }) };
  const all = vex([{ '@id': LIB }, { '@id': 'pkg:deb/debian/openssl' }]);
  expect(await counted(image, { advisories: two, vex: all })).toEqual([
    'CVE-2026-2 libssl3 3.0.15-1',
    'CVE-2026-2 openssl 3.0.15-1',
  ]);
  const alias = { 'a.json': osv('GHSA-1', OPENSSL, { aliases: ['CVE-2026-1'] }) };
  expect(await counted(image, { advisories: alias, vex: all })).toEqual([]);
});

test('what is no VEX is refused', async () => {
  await expect(assessed(image, { advisories, vex: { 'a.json': {} } })).rejects.toThrow(
    'neither OpenVEX nor CSAF',
  );
});
