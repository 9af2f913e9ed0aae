import { expect, test } from 'vitest';
import {
  ALPINE,
  assessed,
  counted,
  DEBIAN,
  type Documents,
  fixedIn,
  inventoryWith,
  osv,
  RHEL,
} from '../../testing/contents/advisories.ts';

/** What records of others hold, and must not come out as "none". */

type Package = Parameters<typeof inventoryWith>[1][number];

const openssl: Package = { name: 'openssl', version: '3.0.11-1' };
const image = inventoryWith(DEBIAN, [openssl]);
const AFFECTED = { ecosystem: 'Debian:12', name: 'openssl' };
const of = (affected: object, more: object = {}): Documents => ({
  'a.json': osv('CVE-2026-1', { ...AFFECTED, ...affected }, more),
});
const found = (advisories: Documents) => counted(image, { advisories });
const range = (...events: object[]) => ({ ranges: [{ type: 'ECOSYSTEM', events }] });

test.each<[what: string, advisories: Documents]>([
  ['a range that does not say where it begins', of(range({ fixed: '3.0.12-1' }))],
  ['two events in one object', of(range({ introduced: '0', fixed: '3.0.12-1' }))],
  [
    'last_affected without the revision of the package',
    of(range({ introduced: '0' }, { last_affected: '3.0.11' })),
  ],
  ['a version that is listed without its revision', of({ versions: ['3.0.11'] })],
  ['null where nothing is said', of({ ranges: null, versions: ['3.0.11-1'] })],
  ['versions that are null', of({ ...range(...fixedIn('4')), versions: null })],
  ['withdrawn in a time to come', of({ events: fixedIn('4') }, { withdrawn: '2026-12-24T00:00:00Z' })],
  ['a limit beyond', of(range({ introduced: '0' }, { limit: '4' }))],
  ['one of several limits', of(range({ introduced: '0' }, { limit: '1' }, { limit: '*' }))],
  [
    'introduced anew in the version that fixes it',
    of(range({ introduced: '0' }, { fixed: '3.0.11-1' }, { introduced: '3.0.11-1' })),
  ],
  ['a list in a file', { 'a.json': [osv('CVE-2026-1', { ...AFFECTED, events: fixedIn('4') })] }],
  [
    'without schema_version',
    { 'a.json': { ...osv('CVE-2026-1', { ...AFFECTED, events: fixedIn('4') }), schema_version: undefined } },
  ],
  ['all releases', of({ ecosystem: 'Debian', events: fixedIn('4') })],
  [
    'the second of two entries about it',
    {
      'a.json': {
        ...osv('CVE-2026-1', { ...AFFECTED, events: fixedIn('2') }),
        affected: [
          { package: AFFECTED, ranges: [{ type: 'ECOSYSTEM', events: fixedIn('2') }] },
          { package: AFFECTED, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '3' }] }] },
        ],
      },
    },
  ],
  [
    'commits beside versions that are listed',
    of({ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }], versions: ['3.0.11-1'] }),
  ],
  ['a severity list that is empty', of({ events: fixedIn('4'), severity: [] })],
])('affected: %s', async (_, advisories) => {
  expect(await found(advisories)).toHaveLength(1);
});

test.each<[what: string, advisories: Documents]>([
  ['withdrawn', of({ events: fixedIn('4') }, { withdrawn: '2026-11-19T00:00:00Z' })],
  [
    'an older release of the record',
    {
      ...of({ events: fixedIn('4') }, { modified: '2026-11-18T00:00:00Z' }),
      'b.json': osv('CVE-2026-1', { ...AFFECTED, events: fixedIn('3.0.11-1') }),
    },
  ],
  [
    'withdrawn in a later release of the record',
    {
      ...of({ events: fixedIn('4') }, { modified: '2026-11-18T00:00:00Z' }),
      'b.json': osv(
        'CVE-2026-1',
        { ...AFFECTED, events: fixedIn('4') },
        { withdrawn: '2026-11-19T00:00:00Z' },
      ),
    },
  ],
  ['after last_affected with its revision', of(range({ introduced: '0' }, { last_affected: '3.0.11-0' }))],
  ['beyond the limit', of(range({ introduced: '0' }, { limit: '3' }))],
  [
    'commits of which only versions are listed, not this one',
    of({ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }], versions: ['3.0.10-1'] }),
  ],
])('not affected: %s', async (_, advisories) => {
  expect(await assessed(image, { advisories })).toMatchObject({ counted: [], undecided: [] });
});

test.each<[what: string, affected: object]>([
  ['commits alone', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }],
  ['no versions', {}],
  [
    'a type of range that nobody knows',
    {
      ranges: [
        { type: 'HASH', events: [{ introduced: '0' }] },
        { type: 'ECOSYSTEM', events: fixedIn('2') },
      ],
    },
  ],
])('unknown: %s', async (_, affected) => {
  const { counted: none, undecided } = await assessed(image, { advisories: of(affected) });
  expect({ none, undecided }).toMatchObject({ none: [], undecided: [{ package: 'openssl' }] });
});

test('what cannot be decided is asked by the policy, taken back by VEX, and decided by another advisory', async () => {
  const commits = { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] };
  const low = [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N' }];
  const open = async (
    advisories: Documents,
    more: Partial<Parameters<typeof assessed>[1]> = {},
    policy = {},
  ) => (await assessed(image, { advisories, ...more }, policy)).undecided;
  expect(await open(of(commits, { severity: low }), {}, { severity: 'high' })).toEqual([]);
  expect(await open(of(commits), {}, { fixable: true })).toEqual([]);
  const withFix = { ranges: [{ type: 'GIT', events: [{ introduced: '0' }, { fixed: 'abc' }] }] };
  expect(await open(of(withFix), {}, { fixable: true })).toHaveLength(1);
  const statement = {
    ...{ vulnerability: { name: 'CVE-2026-1' }, products: [{ '@id': 'pkg:deb/debian/openssl' }] },
    ...{ status: 'not_affected', justification: 'component_not_present', timestamp: '2026-11-01T00:00:00Z' },
  };
  const vex = { 'v.json': { '@context': 'https://openvex.dev/ns/v0.2.0', statements: [statement] } };
  expect(await open(of(commits), { vex })).toEqual([]);
  const both = {
    ...of(commits),
    'b.json': osv('DSA-1', { ...AFFECTED, events: fixedIn('4') }, { upstream: ['CVE-2026-1'] }),
  };
  expect(await open(both)).toEqual([]);
  expect(await found(both)).toEqual(['CVE-2026-1 openssl 4']);
});

test('an event that says nothing, and a range without events, end it', async () => {
  for (const events of [[{}], []])
    await expect(found(of(range(...events)))).rejects.toMatchObject({ code: 'catalog-invalid' });
});

test.each<[source: string, version: string, name: string, fix: string]>([
  ['linux-signed-azure', '5.15.0-91.101', 'linux-azure', '5.15.0-92.102'],
  ['linux-signed', '5.15.0-91.101', 'linux', '5.15.0-92.102'],
  ['linux-signed-hwe-6.5', '6.5.0-14.14', 'linux-hwe-6.5', '6.5.0-15.15'],
  ['systemd-boot-efi-amd64-signed', '257.9+1~deb13u1', 'systemd', '257.9-1~deb13u2'],
])('a signed source of %s', async (source, version, name, fix) => {
  const advisories = { 'a.json': osv('CVE-2026-1', { ...AFFECTED, name, events: fixedIn(fix) }) };
  expect(await counted(inventoryWith(DEBIAN, [{ name: 'x', version, source }]), { advisories })).toHaveLength(
    1,
  );
});

test.each<[label: string, distribution: object, ecosystem: string]>([
  ['RHEL 10 by minor release', { ...RHEL, version: '10.0', cpe: null }, 'Red Hat:enterprise_linux:10.1'],
  ['RHEL 9 with a repository', RHEL, 'Red Hat:enterprise_linux:9::appstream'],
  ['RHEL of any release', RHEL, 'Red Hat'],
  ['Azure Linux', { ...RHEL, id: 'azurelinux', version: '3.0', cpe: null }, 'Azure Linux:3'],
  [
    'SLE by module',
    { ...RHEL, id: 'sles', version: '15.5', cpe: null },
    'SUSE:Linux Enterprise Module for Basesystem 15 SP5',
  ],
])('%s', async (_, distribution, ecosystem) => {
  const bash = inventoryWith({ ...RHEL, ...distribution }, [{ name: 'bash', version: '5.1-1' }]);
  const advisories = { 'a.json': osv('CVE-2026-1', { ecosystem, name: 'bash', events: fixedIn('5.2-1') }) };
  expect(await counted(bash, { advisories })).toHaveLength(1);
});

test('a binary that one vulnerability of an advisory names is judged by its source for the others', async () => {
  const alma = { ...RHEL, id: 'almalinux', cpe: null };
  const npm = { name: 'npm', version: '8-1', source: 'nodejs-16-1.src.rpm' };
  const record = (id: string, name: string, fix: string) =>
    osv(id, { ecosystem: 'AlmaLinux:9', name, events: fixedIn(fix) }, { upstream: [`CVE-${id}`] });
  const advisories = { 'a.json': record('1', 'npm', '7-1'), 'b.json': record('2', 'nodejs', '17-1') };
  expect(await counted(inventoryWith(alma, [npm]), { advisories })).toEqual(['CVE-2 npm 17-1']);
});

test('Alpine: a revision that last_affected leaves out', async () => {
  const musl = inventoryWith(ALPINE, [{ name: 'musl', version: '1.2.5-r3' }]);
  const events = [{ introduced: '0' }, { last_affected: '1.2.5' }];
  const advisories = { 'a.json': osv('CVE-2026-1', { ecosystem: 'Alpine:v3.20', name: 'musl', events }) };
  expect(await counted(musl, { advisories })).toHaveLength(1);
});
