import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError } from '../errors.ts';
import { isPackageDatabasePath, parsePackageDatabases } from './databases.ts';
import type { PackageDatabase } from './types.ts';
import { testForeign } from '../testing/foreign.ts';
import { ndb } from '../testing/packages/rpm/ndb.ts';
import { rpmDatabase, rpmHeader } from '../testing/packages/rpm/rpm.ts';

const parse = (files: Record<string, string | Uint8Array>): PackageDatabase[] =>
  parsePackageDatabases(
    new Map(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      ]),
    ),
  );

const stanza = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64`;

describe('isPackageDatabasePath', () => {
  it.each([
    'var/lib/dpkg/status',
    'var/lib/dpkg/status.d/libc6',
    'var/lib/dpkg/status.d/libgtk2.0-0',
    'var/lib/dpkg/status.d/python3.list.d',
    'lib/apk/db/installed',
    'usr/lib/apk/db/installed',
    'usr/lib/sysimage/rpm/rpmdb.sqlite',
    'var/lib/rpm/rpmdb.sqlite-wal',
    'var/lib/rpm/Packages',
    'usr/lib/sysimage/rpm/Packages.db',
    'var/lib/rpmmanifest/container-manifest-2',
    'var/lib/dpkg/updates/0012',
    'usr/lib/sysimage/dpkg/status',
    'usr/lib/sysimage/dpkg/status.d/libc6',
    'usr/share/dpkg/database/status',
    'usr/lib/sysimage/apk/db/installed',
    'usr/share/rpm/rpmdb.sqlite',
  ])('wants %s', (path) => expect(isPackageDatabasePath(path)).toBe(true));

  it.each([
    'var/lib/dpkg/status-old',
    'var/lib/dpkg/updates/tmp.i',
    'var/lib/rpmmanifest/container-manifest-1',
    'var/lib/rpm/Index.db',
    'var/lib/dpkg/status.d/libc6.md5sums',
    'var/lib/dpkg/status.d/libc6.preinst',
    'var/lib/dpkg/status.d/libc6.templates',
    'var/lib/dpkg/status.d/libc6.list',
    'x/var/lib/dpkg/status',
    'usr/lib/sysimage/dpkg/status-old',
    'usr/lib/sysimage/rpm-ostree-base-db/rpmdb.sqlite',
    'var/lib/rpm/rpmdb.sqlite-shm',
  ])('does not want %s', (path) => expect(isPackageDatabasePath(path)).toBe(false));
});

describe('parsePackageDatabases', () => {
  it('reads dpkg status and status.d as one', () => {
    expect(
      parse({
        'var/lib/dpkg/status':
          'Package: b\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: amd64\nSource: bs (2)\nDescription: x\n y\n\n' +
          'Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: amd64\n\n' +
          'Package: half\nStatus: install ok unpacked\nVersion: 1\nArchitecture: all\n',
        'var/lib/dpkg/status.d/a': 'Package: a\nVersion: 1\nArchitecture: all\n',
        'etc/passwd': 'root',
      }),
    ).toEqual([
      {
        format: 'dpkg',
        paths: ['var/lib/dpkg/status', 'var/lib/dpkg/status.d/a'],
        packages: [
          { name: 'a', version: '1', architecture: 'all' },
          { name: 'b', version: '1:2-3', architecture: 'amd64', source: 'bs', sourceVersion: '2' },
          { name: 'half', version: '1', architecture: 'all' },
        ],
      },
    ]);
  });

  it('takes a stanza with neither status nor version for a package that is not installed', () => {
    const text =
      'Package: asked-for\nArchitecture: amd64\n\nPackage: a\nStatus: install ok installed\nVersion: 1\n\n' +
      'Package: purged\nStatus: unknown ok not-installed\n';
    const none = { 'var/lib/dpkg/status.d/b': 'Package: b\nPriority: optional\n' };
    const [database] = parse({ 'var/lib/dpkg/status': text, ...none });
    expect(database?.packages).toEqual([{ name: 'a', version: '1', architecture: '' }]);
  });

  it('tells scripts in the status.d from packages that are named like one', () => {
    const at = (name: string): string => `var/lib/dpkg/status.d/${name}`;
    const script = '#!/bin/sh\nset -e\n';
    const [database] = parse({
      [at('python3-oslo.config')]: 'Package: python3-oslo.config\nVersion: 9\n',
      [at('debconf.config')]: script,
      [at('debconf.preinst')]: script,
      [at('debconf.templates')]: 'Template: a/b\nType: string\n',
      [at('debconf.conffiles')]: '/etc/debconf.conf\n',
    });
    expect(database?.packages).toEqual([{ name: 'python3-oslo.config', version: '9', architecture: '' }]);
  });

  it('reads an apk database', () => {
    const text =
      'C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\nF:lib\nR:ld.so\nZ:Q1y=\n\nC:Q1z=\nP:busybox\nV:1\n\n';
    expect(parse({ 'lib/apk/db/installed': text })).toEqual([
      {
        format: 'apk',
        paths: ['lib/apk/db/installed'],
        packages: [
          { name: 'busybox', version: '1', architecture: '' },
          { name: 'musl', version: '1.2.5-r0', architecture: 'x86_64', source: 'musl' },
        ],
      },
    ]);
  });

  it('has none for an image without databases, and an empty one for an empty database', () => {
    expect(parse({})).toEqual([]);
    expect(parse({ 'var/lib/dpkg/status': '' })).toEqual([
      { format: 'dpkg', paths: ['var/lib/dpkg/status'], packages: [] },
    ]);
  });

  it.each([
    ['var/lib/dpkg/status', 'Package: a\nStatus: install ok installed\n\n'],
    ['var/lib/dpkg/status', 'Version: 1\n\n'],
    ['var/lib/dpkg/status', 'Architecture: all\n\n'],
    ['var/lib/dpkg/status', 'Package a'],
    ['lib/apk/db/installed', 'P:a\n\n'],
    ['lib/apk/db/installed', 'nonsense'],
    ['var/lib/rpm/Packages', 'x'],
    ['var/lib/rpm/Packages', 'x'.repeat(4096)],
    ['var/lib/rpm/rpmdb.sqlite', ''],
    ['var/lib/rpm/rpmdb.sqlite', 'x'.repeat(4096)],
  ])('refuses a damaged %s', (path, content) => {
    expect(() => parse({ [path]: content })).toThrow(TwinproofError);
    expect(() => parse({ [path]: content })).toThrow(
      expect.objectContaining({ code: 'image-invalid' }) as Error,
    );
  });

  it('takes the newest form of an rpm database that was converted', () => {
    const old = rpmHeader([
      [1000, 6, ['old']],
      [1001, 6, ['1']],
      [1002, 6, ['1']],
    ]);
    const found = parse({
      'var/lib/rpm/rpmdb.sqlite': rpmDatabase([]),
      'var/lib/rpm/Packages.db': ndb([old]),
    });
    expect(found).toMatchObject([{ paths: ['var/lib/rpm/rpmdb.sqlite'], packages: [] }]);
  });

  const update = (name: string, status: string, architecture = 'amd64'): string =>
    `Package: ${name}\nStatus: ${status}\nVersion: 2\nArchitecture: ${architecture}\n`;

  it('takes what dpkg had not written to its status yet', () => {
    const [found] = parse({
      'var/lib/dpkg/status': ['a', 'b', 'c', 'd'].map((name) => `${stanza(name, '1')}\n`).join('\n'),
      'var/lib/dpkg/updates/0000': update('a', 'install ok half-configured'),
      'var/lib/dpkg/updates/0001': update('a', 'deinstall ok config-files'),
      'var/lib/dpkg/updates/0002': update('b', 'install ok unpacked', 'all'),
      'var/lib/dpkg/updates/0003': update('c', 'install ok installed', 'i386'),
      'var/lib/dpkg/updates/tmp.i': 'half written',
    });
    const listed = found?.packages.map(
      ({ name, version, architecture }) => `${name} ${version} ${architecture}`,
    );
    expect(listed).toEqual(['b 2 all', 'c 1 amd64', 'c 2 i386', 'd 1 amd64']);
  });

  const manifest = 'var/lib/rpmmanifest/container-manifest-2';
  const line = (...fields: string[]): string => `${fields.join('\t')}\n`;

  it('reads the list that Azure Linux has in place of a database', () => {
    const text =
      line(
        'glibc',
        '2.35-2.cm2',
        '1',
        '2',
        'Microsoft',
        '(none)',
        '9',
        'x86_64',
        '0',
        'glibc-2.35-2.cm2.src.rpm',
      ) +
      line('shadow', '4.9-9', '1', '2', '(none)', '2', '9', 'noarch', '2', '(none)') +
      line('gpg-pubkey', '3135ce90-5e6fda74', '1', '2', '(none)', '(none)', '0', '(none)', '0', '(none)');
    expect(parse({ [manifest]: text })).toMatchObject([
      {
        format: 'rpm',
        packages: [
          { name: 'glibc', version: '2.35-2.cm2', vendor: 'Microsoft', source: 'glibc-2.35-2.cm2.src.rpm' },
          { name: 'shadow', version: '2:4.9-9', architecture: 'noarch' },
        ],
      },
    ]);
    expect(() => parse({ [manifest]: `${text}bogus\n` })).toThrow('no package of an rpm manifest');
    expect(parse({ [manifest]: text, 'var/lib/rpm/rpmdb.sqlite': rpmDatabase([]) })).toMatchObject([
      { packages: [] },
    ]);
  });

  it('either reads any bytes or says what is wrong with them', () => {
    const path = fc.constantFrom(
      'var/lib/dpkg/status',
      'lib/apk/db/installed',
      'var/lib/rpm/rpmdb.sqlite',
      'var/lib/rpm/Packages.db',
      'var/lib/rpmmanifest/container-manifest-2',
    );
    fc.assert(
      fc.property(path, fc.uint8Array({ maxLength: 300 }), (path, content) => {
        try {
          parse({ [path]: content });
        } catch (error) {
          expect(error).toBeInstanceOf(TwinproofError);
        }
      }),
    );
  });
});

describe('a real database of Project Hummingbird', () => {
  testForeign('is read', ['rpmdb/fedora-rpmdb.sqlite'], (path) => {
    const [database] = parse({ 'usr/lib/sysimage/rpm/rpmdb.sqlite': readFileSync(path) });
    expect(
      database?.packages.map(({ name, version, architecture }) => `${name}-${version}.${architecture}`),
    ).toEqual([
      'filesystem-3.18-52.hum1.x86_64',
      'hummingbird-gpg-keys-20251124-1.8.hum1.noarch',
      'hummingbird-release-20251124-1.8.hum1.noarch',
      'hummingbird-repos-20251124-1.8.hum1.noarch',
      'setup-2.15.0-28.hum1.noarch',
    ]);
  });
});
