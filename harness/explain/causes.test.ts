import { describe, expect, it } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import {
  contextOf,
  entryOf,
  inside,
  insideEntry,
  STARTED,
  textEntry,
  reported,
} from '../testing/explain/entry.ts';
import type { Context } from './types.ts';

const later = STARTED + 1;
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const text = (a: string, b: string, path = 'etc/x'): EntryDiff => textEntry(path, `${a}\n`, `${b}\n`);

const CASES: [string, EntryDiff, Context | undefined, string[]][] = [
  // metadata
  [
    'mtime',
    entryOf('etc/x', { mtime: ['2026-11-24T20:01:27Z', '2026-11-24T20:01:28Z'] }),
    undefined,
    ['timestamp-metadata exact'],
  ],
  ['order in a layer', entryOf('etc/x', { order: [0, 1] }), undefined, ['entry-order exact']],
  ['dialect', entryOf('etc/x', { dialect: ['pax', 'gnu'] }), undefined, ['archive-format exact']],
  [
    'access time',
    entryOf('etc/x', { atime: [null, '2026-11-24T20:01:28Z'] }),
    undefined,
    ['archive-format exact'],
  ],
  ['owner', entryOf('srv/data', { uid: [1000, 1001] }), undefined, ['username likely']],
  ['mode by umask', entryOf('srv/data', { mode: ['0644', '0664'] }), undefined, ['umask likely']],
  [
    'mode by known umask',
    entryOf('srv/data', { mode: ['0644', '0600'] }),
    contextOf('', { umask: ['0022', '0077'] }),
    ['umask proven'],
  ],
  [
    'mode not by umask',
    entryOf('srv/data', { mode: ['0644', '4644'] }),
    contextOf('', { umask: ['0022', '0077'] }),
    ['unknown likely'],
  ],
  [
    'hard link or copy',
    entryOf('usr/bin/x', { type: ['file', 'hardlink'] }),
    undefined,
    ['overlay-artefact likely'],
  ],
  // times
  [
    'ISO date',
    text('built 2026-11-24T20:01:27.123456789', 'built 2026-11-24T20:01:28.987654321'),
    undefined,
    ['timestamp-content likely'],
  ],
  [
    'date(1)',
    text('Tue Nov 24 20:01:27 UTC 2026', 'Tue Nov 24 20:01:28 UTC 2026'),
    undefined,
    ['timestamp-content likely'],
  ],
  [
    'RFC 2822',
    text('Date: Tue, 24 Nov 2026 20:01:27 +0000', 'Date: Tue, 24 Nov 2026 20:02:27 +0000'),
    undefined,
    ['timestamp-content likely'],
  ],
  [
    'epoch in the build',
    text(`built=${STARTED}`, `built=${later}`),
    contextOf(),
    ['timestamp-content likely'],
  ],
  [
    'epoch with nanoseconds',
    text(`${STARTED}123456789`, `${later}987654321`),
    contextOf(),
    ['timestamp-content likely'],
  ],
  ['number outside the build', text('id=1034567890', 'id=2034567891'), contextOf(), ['unknown likely']],
  [
    'C __TIME__',
    insideEntry(
      'usr/bin/x',
      inside('elf', {
        children: [
          inside('bytes', {
            part: '.rodata',
            windows: [{ offset: 16, a: hex('built at 20:01:27\0'), b: hex('built at 20:01:28\0') }],
          }),
        ],
      }),
    ),
    undefined,
    ['timestamp-content likely'],
  ],
  [
    'gzip header',
    insideEntry(
      'usr/share/x.gz',
      inside('gzip', {
        fields: [{ field: 'mtime', offset: 4, a: '2026-11-24T20:01:27Z', b: '2026-11-24T20:01:28Z' }],
      }),
    ),
    undefined,
    ['timestamp-content exact'],
  ],
  [
    'gzip header, a time that no build can have',
    insideEntry(
      'usr/share/x.gz',
      inside('gzip', {
        fields: [{ field: 'mtime', offset: 4, a: '2043-03-26T15:17:25Z', b: '2102-12-24T18:02:08Z' }],
      }),
    ),
    undefined,
    ['timestamp-content exact'],
  ],
  [
    'link named by time',
    entryOf('srv/current', { linkname: [`releases/${STARTED}123456789`, `releases/${later}987654321`] }),
    contextOf(),
    ['timestamp-content likely'],
  ],
  [
    'epoch in binary',
    insideEntry(
      'x.bin',
      inside('bytes', {
        windows: [
          { offset: 0, a: `4d5a0000${STARTED.toString(16)}00`, b: `4d5a0000${later.toString(16)}00` },
        ],
      }),
    ),
    contextOf(),
    ['timestamp-content likely'],
  ],
  [
    'two zones',
    text('Wed Nov 25 08:01:27 +12 2026', 'Tue Nov 24 06:01:27 -14 2026'),
    undefined,
    ['timezone likely'],
  ],
  ['zone of a clock', text('2026-11-25 08:01:27', '2026-11-24 06:01:27'), contextOf(), ['timezone likely']],
  [
    'marker zone',
    text('TZ=Pacific/Kiritimati', 'TZ=Etc/GMT+12'),
    contextOf('', { timezone: ['Pacific/Kiritimati', 'Etc/GMT+12'] }),
    ['timezone proven'],
  ],
  // files known by their path
  [
    'log',
    text('2026-11-24 20:01:27 installed', '2026-11-24 20:01:28 installed', 'var/log/dpkg.log'),
    undefined,
    ['log-file likely'],
  ],
  [
    'aux-cache',
    insideEntry(
      'var/cache/ldconfig/aux-cache',
      inside('ldconfig-aux-cache', {
        children: [inside('library', { fields: [{ field: 'ino', offset: null, a: '7', b: '8' }] })],
      }),
    ),
    undefined,
    ['cache-file exact'],
  ],
  [
    'another file where an aux-cache is expected',
    insideEntry(
      'var/cache/ldconfig/aux-cache',
      inside('bytes', { windows: [{ offset: 0, a: '00', b: '01' }] }),
    ),
    undefined,
    ['cache-file likely'],
  ],
  [
    'npm cache',
    { ...entryOf('root/.npm/_cacache/index-v5/aa/bb', {}), change: 'added', a: null },
    undefined,
    ['cache-file likely'],
  ],
  [
    'rpmdb',
    insideEntry(
      'usr/lib/sysimage/rpm/rpmdb.sqlite',
      inside('sqlite', { diff: '@@ -1 +1 @@\n-1|2026-11-24\n+1|2026-11-25\n' }),
    ),
    undefined,
    ['package-database likely'],
  ],
  [
    'version',
    text('Version: 1.2-1', 'Version: 1.2-2', 'var/lib/dpkg/status'),
    undefined,
    ['package-drift likely'],
  ],
  [
    'version, in a database that does not lie in /var',
    text('Version: 1.2-1', 'Version: 1.2-2', 'usr/lib/sysimage/dpkg/status'),
    undefined,
    ['package-drift likely'],
  ],
  [
    "dpkg's backup, in a database that does not lie in /var",
    text('a', 'b', 'usr/lib/sysimage/dpkg/status-old'),
    undefined,
    ['package-database likely'],
  ],
  [
    "what SQLite leaves beside rpm-ostree's database",
    text('a', 'b', 'usr/share/rpm/rpmdb.sqlite-shm'),
    undefined,
    ['package-database likely'],
  ],
  ['shadow', text('app:!:20781::::::', 'app:!:20782::::::', 'etc/shadow'), undefined, ['shadow-date exact']],
  [
    'machine-id',
    text('0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210', 'etc/machine-id'),
    undefined,
    ['identity-file exact'],
  ],
  [
    'host key',
    textEntry(
      'etc/ssh/ssh_host_ed25519_key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaAAA1\n',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaAAA2\n',
    ),
    undefined,
    ['identity-file likely'],
  ],
  [
    'pyc',
    insideEntry(
      'usr/lib/x.pyc',
      inside('pyc', {
        fields: [{ field: 'source mtime', offset: 8, a: '2026-11-24T20:01:27Z', b: '2026-11-24T20:01:28Z' }],
      }),
    ),
    undefined,
    ['python-bytecode exact'],
  ],
  [
    'initramfs',
    insideEntry(
      'boot/initrd.img',
      inside('gzip', {
        children: [inside('cpio', { fields: [{ field: 'ino', offset: 6, a: '12', b: '13' }] })],
      }),
    ),
    undefined,
    ['initramfs exact'],
  ],
  [
    'ext4',
    insideEntry(
      'srv/disk.img',
      inside('ext4', { fields: [{ field: 'uuid', offset: 1128, a: 'aa', b: 'bb' }] }),
    ),
    undefined,
    ['filesystem-identity exact'],
  ],
  [
    'tar order',
    insideEntry('srv/x.tar', inside('tar', { fields: [{ field: 'order', offset: null, a: 'b', b: 'a' }] })),
    undefined,
    ['entry-order exact'],
  ],
];

describe('explainers', () => {
  it.each(CASES)('%s', (_, entry, context, expected) => {
    expect(reported(entry, context)).toEqual(expected);
  });
});
