import { describe, expect, it } from 'vitest';
import { findOwners, isOwnershipPath } from './owners.ts';
import { rpmDatabase, rpmHeader } from '../testing/packages/rpm/rpm.ts';

function owners(files: Record<string, string | Buffer>, wanted: string[]): Record<string, string> {
  const paths = Object.keys(files);
  expect(paths.filter((path) => !isOwnershipPath(path))).toEqual([]);
  const read = (path: string): Buffer => Buffer.from(files[path] ?? '');
  const found = findOwners(paths, read, new Set(wanted));
  return Object.fromEntries(
    [...found].map(([path, { name, version, format }]) => [path, `${format} ${name} ${version}`]),
  );
}

const status = `Package: tool
Status: install ok installed
Architecture: amd64
Version: 1:2.0-3

Package: lib
Status: install ok installed
Architecture: amd64
Version: 5

Package: lib
Status: install ok installed
Architecture: i386
Version: 6
`;

const dpkg = {
  'var/lib/dpkg/status': status,
  'var/lib/dpkg/info/tool.list': '/.\n/bin\n/bin/tool\n/etc/shared\n/usr/share/with space\n',
  'var/lib/dpkg/info/lib:i386.list': '/usr/lib/i386/lib.so\n/etc/shared\n',
  'var/lib/dpkg/info/gone.list': '/usr/bin/gone\n',
};

describe('owners', () => {
  it('are told by the lists of dpkg, also where directories were merged into usr', () => {
    const wanted = [
      'usr/bin/tool',
      'usr/share/with space',
      'usr/lib/i386/lib.so',
      'usr/bin/gone',
      'etc/none',
    ];
    expect(owners(dpkg, wanted)).toEqual({
      'usr/bin/tool': 'dpkg tool 1:2.0-3',
      'usr/share/with space': 'dpkg tool 1:2.0-3',
      'usr/lib/i386/lib.so': 'dpkg lib 6',
    });
  });

  it('are told the same where the database is below usr/lib/sysimage', () => {
    const moved = Object.fromEntries(
      Object.entries(dpkg).map(([path, text]) => [path.replace('var/lib', 'usr/lib/sysimage'), text]),
    );
    expect(owners(moved, ['usr/bin/tool', 'usr/lib/i386/lib.so'])).toEqual({
      'usr/bin/tool': 'dpkg tool 1:2.0-3',
      'usr/lib/i386/lib.so': 'dpkg lib 6',
    });
  });

  it('are not told where two packages claim a path', () => {
    expect(owners(dpkg, ['etc/shared'])).toEqual({});
  });

  it('are told by the checksum lists of images without dpkg', () => {
    const files = {
      'var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
      'var/lib/dpkg/status.d/base.md5sums': `${'0'.repeat(32)}  etc/host.conf\n${'1'.repeat(32)}  usr/x\n`,
    };
    expect(owners(files, ['etc/host.conf', 'etc/other'])).toEqual({
      'etc/host.conf': 'dpkg base-files 12.4',
    });
  });

  it('are told by the database of apk', () => {
    const files = {
      'lib/apk/db/installed': 'P:musl\nV:1.2-r0\nF:lib\nR:ld-musl.so\nF:\nR:top\n\nP:b\nV:2\nF:etc\nR:b\n',
    };
    expect(owners(files, ['lib/ld-musl.so', 'top', 'etc/b', 'etc'])).toEqual({
      'lib/ld-musl.so': 'apk musl 1.2-r0',
      top: 'apk musl 1.2-r0',
      'etc/b': 'apk b 2',
    });
  });

  it('are told by the database of rpm', () => {
    const header = rpmHeader([
      [1000, 6, ['bash']],
      [1001, 6, ['5.3']],
      [1002, 6, ['1.fc43']],
      [1116, 4, [0, 1, 7]],
      [1117, 8, ['bash', 'bashrc', 'lost']],
      [1118, 8, ['/usr/bin/', '/etc/']],
    ]);
    expect(
      owners({ 'var/lib/rpm/rpmdb.sqlite': rpmDatabase([header]) }, ['usr/bin/bash', 'etc/bashrc', 'lost']),
    ).toEqual({
      'usr/bin/bash': 'rpm bash 5.3-1.fc43',
      'etc/bashrc': 'rpm bash 5.3-1.fc43',
    });
  });

  it('are unknown where the database is damaged', () => {
    const files = {
      ...dpkg,
      'var/lib/dpkg/status': 'nonsense\n',
      'var/lib/rpm/rpmdb.sqlite': 'SQLite format 3\0',
    };
    expect(owners(files, ['usr/bin/tool'])).toEqual({});
  });
});
