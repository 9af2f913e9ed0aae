import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError } from '../errors.ts';
import { isPackageDatabasePath, parsePackageDatabases } from './databases.ts';
import type { PackageDatabase } from './types.ts';
import { testForeign } from '../testing/foreign.ts';

const parse = (files: Record<string, string | Uint8Array>): PackageDatabase[] =>
  parsePackageDatabases(
    new Map(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      ]),
    ),
  );

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
    'usr/lib/sysimage/dpkg/status',
    'usr/lib/sysimage/dpkg/status.d/libc6',
    'usr/share/dpkg/database/status',
    'usr/lib/sysimage/apk/db/installed',
    'usr/share/rpm/rpmdb.sqlite',
  ])('wants %s', (path) => expect(isPackageDatabasePath(path)).toBe(true));

  it.each([
    'var/lib/dpkg/status-old',
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

  it('says that it cannot read ndb', () => {
    expect(() => parse({ 'var/lib/rpm/Packages.db': 'x' })).toThrow(
      expect.objectContaining({ code: 'unsupported' }) as Error,
    );
  });

  it('either reads any bytes or says what is wrong with them', () => {
    const path = fc.constantFrom('var/lib/dpkg/status', 'lib/apk/db/installed', 'var/lib/rpm/rpmdb.sqlite');
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
