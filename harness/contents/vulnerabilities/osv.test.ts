import { expect, test } from 'vitest';
import {
  ALPINE,
  assessed,
  counted,
  DEBIAN,
  fixedIn,
  inventoryWith,
  osv,
  RHEL,
} from '../../testing/contents/advisories.ts';

const libssl = { name: 'libssl3', version: '3.0.11-1', source: 'openssl' };
const openssl = (version: string) => ({ ecosystem: 'Debian:12', name: 'openssl', events: fixedIn(version) });

test('Debian names source packages, and their versions', async () => {
  const image = inventoryWith(DEBIAN, [libssl, { name: 'curl', version: '7' }]);
  const advisories = { 'a.json': osv('CVE-2026-1', openssl('3.0.15-1')) };
  expect(await counted(image, { advisories })).toEqual(['CVE-2026-1 libssl3 3.0.15-1']);
  const fixed = inventoryWith(DEBIAN, [{ ...libssl, version: '3.0.15-1' }]);
  expect(await counted(fixed, { advisories })).toEqual([]);
  // gcc 4:12.2.0-3 is from gcc-defaults 1.203.
  const gcc = { name: 'gcc', version: '4:12.2.0-3', source: 'gcc-defaults', sourceVersion: '1.203' };
  const defaults = osv('CVE-2026-2', {
    ...{ ecosystem: 'Debian:12', name: 'gcc-defaults', events: fixedIn('1.204') },
  });
  expect(await counted(inventoryWith(DEBIAN, [gcc]), { advisories: { 'a.json': defaults } })).toEqual([
    'CVE-2026-2 gcc 1.204',
  ]);
  // A binary package that has the name of another source is not it.
  const other = inventoryWith(DEBIAN, [{ name: 'openssl', version: '1', source: 'compat' }]);
  expect(await counted(other, { advisories })).toEqual([]);
});

test('kernels and boot loaders that Debian signs are those of the source that advisories name', async () => {
  const image = inventoryWith(DEBIAN, [
    {
      ...{ name: 'linux-image-6.1.0-28-amd64', version: '6.1.119-1' },
      ...{ source: 'linux-signed-amd64', sourceVersion: '6.1.119+1' },
    },
    { name: 'grub-efi-amd64-signed', version: '1+2.06-13', source: 'grub-efi-amd64-signed' },
  ]);
  const advisories = {
    'a.json': osv('CVE-2026-1', { ecosystem: 'Debian:12', name: 'linux', events: fixedIn('6.1.123-1') }),
    'b.json': osv('CVE-2026-2', {
      ecosystem: 'Debian:12',
      name: 'grub2',
      events: fixedIn('2.06-13+deb12u1'),
    }),
  };
  expect(await counted(image, { advisories })).toEqual([
    'CVE-2026-2 grub-efi-amd64-signed 2.06-13+deb12u1',
    'CVE-2026-1 linux-image-6.1.0-28-amd64 6.1.123-1',
  ]);
});

test('another release says nothing; one without a release is about all', async () => {
  const image = inventoryWith(DEBIAN, [libssl]);
  const of = (ecosystem: string) => ({ 'a.json': osv('CVE-2026-1', { ...openssl('9'), ecosystem }) });
  await expect(assessed(image, { advisories: of('Debian:11') })).rejects.toMatchObject({ code: 'unknown' });
  await expect(assessed(image, { advisories: of('Ubuntu:22.04') })).rejects.toMatchObject({
    code: 'unknown',
  });
  expect(await counted(image, { advisories: of('Debian') })).toHaveLength(1);
  const ubuntu = inventoryWith({ ...DEBIAN, id: 'ubuntu', version: '22.04' }, [libssl]);
  for (const name of ['Ubuntu:22.04:LTS', 'Ubuntu:Pro:22.04:LTS', 'Ubuntu:22.04'])
    expect(await counted(ubuntu, { advisories: of(name) })).toHaveLength(1);
  await expect(assessed(ubuntu, { advisories: of('Ubuntu:Pro:FIPS:22.04') })).rejects.toThrow('no advisory');
});

test('Alpine names the package that others are built with', async () => {
  const image = inventoryWith(ALPINE, [{ name: 'libcrypto3', version: '3.3.2-r0', source: 'openssl' }]);
  const record = (version: string) => ({
    'a.json': osv('CVE-2026-1', { ecosystem: 'Alpine:v3.20', name: 'openssl', events: fixedIn(version) }),
  });
  expect(await counted(image, { advisories: record('3.3.2-r1') })).toHaveLength(1);
  expect(await counted(image, { advisories: record('3.3.2-r0') })).toEqual([]);
  const edge = inventoryWith({ ...ALPINE, version: '3.21.0_alpha20240807' }, []);
  await expect(assessed(edge, { advisories: {} })).rejects.toMatchObject({ code: 'unsupported' });
});

test('rpm: a package that is named counts by its own name, else by its source; epochs only where both say one', async () => {
  const alma = { ...RHEL, id: 'almalinux', cpe: null };
  const npm = { name: 'npm', version: '1:8.19.4-1', source: 'nodejs-16.20.2-1.el9.src.rpm' };
  const node = { name: 'nodejs', version: '1:16.20.2-1.el9', source: 'nodejs-16.20.2-1.el9.src.rpm' };
  const image = inventoryWith(alma, [node, npm]);
  const record = (name: string, version: string) =>
    osv('ALSA-1', { ecosystem: 'AlmaLinux:9', name, events: fixedIn(version) });
  const both = (version: string) => counted(image, { advisories: { 'a.json': record('nodejs', version) } });
  expect(await both('1:16.20.2-8.el9')).toEqual([
    'ALSA-1 nodejs 1:16.20.2-8.el9',
    'ALSA-1 npm 1:16.20.2-8.el9',
  ]);
  // Without an epoch 1:16 would be later than any version.
  expect(await both('16.20.2-8.el9')).toHaveLength(2);
  expect(await both('16.20.1-1.el9')).toEqual([]);
  // A package without an epoch has 0.
  const plain = inventoryWith(alma, [{ name: 'x', version: '17-1' }]);
  expect(await counted(plain, { advisories: { 'a.json': record('x', '1:16-1') } })).toHaveLength(1);
  const own = osv('ALSA-1', { ecosystem: 'AlmaLinux:9', name: 'nodejs', events: fixedIn('1:16.20.2-8.el9') });
  const more = {
    ...own,
    affected: [
      ...(own as { affected: object[] }).affected,
      {
        package: { ecosystem: 'AlmaLinux:9', name: 'npm' },
        ranges: [{ type: 'ECOSYSTEM', events: fixedIn('1:8.19.4-1') }],
      },
    ],
  };
  expect(await counted(image, { advisories: { 'a.json': more } })).toEqual(['ALSA-1 nodejs 1:16.20.2-8.el9']);
});

test('a record that was withdrawn takes nobody in; one that cannot be decided is told', async () => {
  const image = inventoryWith(DEBIAN, [libssl]);
  const withdrawn = osv('CVE-2026-1', openssl('9'), { withdrawn: '2026-11-19T00:00:00Z' });
  expect(await counted(image, { advisories: { 'a.json': withdrawn } })).toEqual([]);
  const commits = osv('CVE-2026-1', {
    ...{ ecosystem: 'Debian:12', name: 'openssl' },
    ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }],
  });
  expect(await assessed(image, { advisories: { 'a.json': commits } })).toMatchObject({
    undecided: [{ advisory: 'CVE-2026-1', package: 'libssl3' }],
  });
});

test('several advisories about one vulnerability are one; each vulnerability of an advisory is one', async () => {
  const image = inventoryWith(DEBIAN, [libssl]);
  const advisories = {
    'a.json': osv('DEBIAN-CVE-2026-1', openssl('3.0.15-1'), { upstream: ['CVE-2026-1'] }),
    'b/b.json': osv('DSA-1-1', openssl('3.0.16-1'), { upstream: ['CVE-2026-1', 'CVE-2026-2'] }),
    'c.json': osv('DLA-1-1', openssl('3.0.12-1'), { aliases: ['CVE-2026-3'] }),
  };
  const { counted: found } = await assessed(image, { advisories });
  expect(found).toMatchObject([
    { id: 'CVE-2026-1', advisories: ['DEBIAN-CVE-2026-1', 'DSA-1-1'], fixedIn: '3.0.16-1' },
    { id: 'CVE-2026-2', advisories: ['DSA-1-1'] },
    { id: 'CVE-2026-3', names: ['CVE-2026-3', 'DLA-1-1'] },
  ]);
});
