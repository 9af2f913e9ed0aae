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

const installedStanza = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n`;

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

  it('are told by where dpkg has diverted a path to', () => {
    const files = {
      'var/lib/dpkg/status': ['dash', 'bash', 'pg'].map(installedStanza).join('\n'),
      'var/lib/dpkg/info/bash.list': '/bin/sh\n/usr/bin/x\n/usr/share/a\n',
      'var/lib/dpkg/info/dash.list': '/bin/sh\n',
      'var/lib/dpkg/info/pg.list': '/usr/share/a.local\n',
      'var/lib/dpkg/diversions':
        '/bin/sh\n/bin/sh.distrib\ndash\n/usr/bin/x\n/usr/bin/x.real\n:\n/nothing\n/else\npg\n',
    };
    const wanted = ['bin/sh', 'bin/sh.distrib', 'usr/bin/sh', 'usr/bin/x', 'usr/bin/x.real', 'usr/share/a'];
    expect(owners(files, wanted)).toEqual({
      'bin/sh': 'dpkg dash 1',
      'usr/bin/sh': 'dpkg dash 1',
      'bin/sh.distrib': 'dpkg bash 1',
      // A local diversion: what is at the path is nobody's.
      'usr/bin/x.real': 'dpkg bash 1',
      'usr/share/a': 'dpkg bash 1',
    });
    expect(owners({ ...files, 'var/lib/dpkg/diversions': '/bin/sh\n/bin/x\n' }, wanted)).toEqual({});
  });

  it('are told by the lists of configuration of images without dpkg', () => {
    const files = {
      'var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
      'var/lib/dpkg/status.d/base.conffiles': '/etc/issue\nremove-on-upgrade /etc/old\n',
      'var/lib/dpkg/status.d/base.md5sums': `${'0'.repeat(32)}  usr/x\n`,
    };
    expect(owners(files, ['etc/issue', 'etc/old', 'usr/x'])).toEqual({
      'etc/issue': 'dpkg base-files 12.4',
      'etc/old': 'dpkg base-files 12.4',
      'usr/x': 'dpkg base-files 12.4',
    });
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
