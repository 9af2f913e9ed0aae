import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Probe, liftable, parseProbes, probeScript, probedFolders, unexpected } from './write-probes.ts';

// As a guest of the bundled OS image answered (util-linux 2.38, coreutils 9.1).
const ANSWERS = [
  'root\t/\tcreate\t2\t/run/write-probe.sh: 7: cannot create //.write-probe: Operation not permitted',
  "root\t/\tmkdir\t1\tmkdir: cannot create directory '//.write-probe': Operation not permitted",
  'root\t/\toverwrite\t77\t',
  'root\t/etc\tcreate\t0\t',
  'root\t/usr\tcreate\t2\t/run/write-probe.sh: 7: cannot create /usr/.write-probe: Read-only file system',
  'nobody\t/usr\tremount\t1\tmount: /usr: must be superuser to use mount.',
  'nobody\t/etc\tcreate\t2\t/run/write-probe.sh: 7: cannot create /etc/.write-probe: Permission denied',
].join('\n');

const probe = (changes: Partial<Probe>): Probe => ({
  user: 'root',
  folder: '/usr',
  attempt: 'create',
  answer: 'EROFS',
  words: '',
  ...changes,
});

describe('write probes', () => {
  test('are read from what the guest prints', () => {
    const answers = parseProbes(ANSWERS).map(({ user, folder, answer }) => `${user} ${folder} ${answer}`);
    expect(answers).toEqual([
      'root / EPERM',
      'root / EPERM',
      'root / no file to try it on',
      'root /etc allowed',
      'root /usr EROFS',
      'nobody /usr EPERM',
      'nobody /etc EACCES',
    ]);
    expect(unexpected(parseProbes(ANSWERS))).toEqual([]);
  });

  test.each<[string, Partial<Probe>]>([
    ['root writes below /usr', { answer: 'allowed' }],
    ['root writes into the root', { folder: '/', answer: 'allowed' }],
    ['root writes into a folder that only the image knows', { folder: '/data', answer: 'allowed' }],
    ['root cannot write to /etc', { folder: '/etc', answer: 'EROFS' }],
    ['root cannot write to /var', { folder: '/var', answer: 'EROFS' }],
    ["root cannot write to ostree's second sight of /var", { folder: '/sysroot/ostree/deploy/os/var' }],
    ['a user writes to /etc', { user: 'nobody', folder: '/etc', answer: 'allowed' }],
    ['a user mounts it again', { user: 'nobody', attempt: 'remount', answer: 'allowed' }],
    ['nobody knows what happened', { answer: 'other' }],
  ])('are red when %s', (_what, changes) => {
    expect(unexpected([probe(changes)])).toHaveLength(1);
  });

  test.each<[string, Partial<Probe>]>([
    ['the file system is read-only', {}],
    ['the root is immutable', { folder: '/', answer: 'EPERM' }],
    ['there is no file to change', { answer: 'no file to try it on' }],
    ['boot files may be changed', { folder: '/boot', answer: 'allowed' }],
    ['boot files may not be changed', { folder: '/boot', answer: 'EROFS' }],
    ['users share /tmp', { user: 'nobody', folder: '/tmp', answer: 'allowed' }],
    ['root writes to a part of /etc', { folder: '/etc/ssl', answer: 'allowed' }],
    ['root mounts it writable again', { attempt: 'remount', answer: 'allowed' }],
    ['root cannot mount a part of /etc again', { folder: '/etc/ssl', attempt: 'remount', answer: 'EROFS' }],
  ])('are green when %s', (_what, changes) => {
    expect(unexpected([probe(changes)])).toEqual([]);
  });

  test('tell where root can write once it has mounted it again', () => {
    const again: Partial<Probe>[] = [
      { answer: 'allowed' },
      { folder: '/data', answer: 'EROFS' },
      { folder: '/etc', answer: 'allowed' },
      { folder: '/boot', answer: 'allowed' },
      { folder: '/home', answer: 'allowed', user: 'nobody' },
    ];
    const probes = again.map((one) => probe({ attempt: 'remount', ...one }));
    expect(liftable([...probes, probe({ folder: '/opt', answer: 'allowed' })])).toEqual(['/usr']);
  });

  test('take no line for an answer that has another form', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        for (const one of parseProbes(lines.join('\n'))) expect(['root', 'nobody']).toContain(one.user);
      }),
    );
  });
});

describe('folders to try', () => {
  const MOUNTS = [
    '/proc proc',
    '/ ext4',
    '/usr ext4',
    '/etc ext4',
    '/run tmpfs',
    '/var ext4',
    '/mnt/with\\x20space ext4',
    '/boot autofs',
    '/boot vfat',
  ].join('\n');

  test('are mounts with files and what lies right below the root, each once', () => {
    expect(probedFolders(MOUNTS, '/usr\n/proc\n/data\n/run\n/tmp\n')).toEqual([
      '/',
      '/boot',
      '/data',
      '/etc',
      '/tmp',
      '/usr',
      '/var',
    ]);
  });

  test('never bring more into the script than names', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (mounts, top) => {
        for (const folder of probedFolders(mounts.join('\n'), top.join('\n')))
          expect(probeScript([folder])).toContain(`for folder in '${folder}'; do`);
      }),
    );
    expect(probedFolders("/a';reboot;' ext4", "/b'$(reboot)")).toEqual([]);
  });
});
