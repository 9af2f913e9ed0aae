import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BootEntry, parseBootEntry, sortBootEntries } from './boot-entries.ts';

// As ostree 2022.7 writes it.
const ENTRY = `title Debian GNU/Linux 12 (bookworm) (ostree:0)
version 1
options root=UUID=6f0b5b5e-0c86-4bd7-8b52-6f3f2a0d8a11 rw ostree=/ostree/boot.1/os/3c6d/0
linux /boot/ostree/os-3c6d/vmlinuz-6.1.0-56-cloud-amd64
initrd /boot/ostree/os-3c6d/initramfs-6.1.0-56-cloud-amd64.img
`;

describe('a boot entry', () => {
  test('names kernel, initrd and command line', () => {
    expect(parseBootEntry(ENTRY, '/boot/loader/entries/ostree-1-os.conf')).toEqual({
      name: 'ostree-1-os.conf',
      sortKey: '',
      tries: null,
      title: 'Debian GNU/Linux 12 (bookworm) (ostree:0)',
      version: '1',
      kernel: '/boot/ostree/os-3c6d/vmlinuz-6.1.0-56-cloud-amd64',
      initrd: '/boot/ostree/os-3c6d/initramfs-6.1.0-56-cloud-amd64.img',
      commandLine: 'root=UUID=6f0b5b5e-0c86-4bd7-8b52-6f3f2a0d8a11 rw ostree=/ostree/boot.1/os/3c6d/0',
    });
  });

  test('joins options, takes comments for nothing', () => {
    const entry = parseBootEntry(`# no\noptions a\n${ENTRY.replace('options', 'options  b')}`, 'x');
    expect(entry.commandLine.startsWith('a b=') || entry.commandLine.startsWith('a root=')).toBe(false);
    expect(parseBootEntry(`options a\noptions b\nlinux /v\ninitrd /i\n`, 'x').commandLine).toBe('a b');
  });

  test.each([
    ['nothing', ''],
    ['no initrd', 'linux /vmlinuz\n'],
    ['a path that leaves the disk', 'linux /../vmlinuz\ninitrd /i\n'],
    ['a path with a command in it', 'linux /v" /x\ninitrd /i\n'],
    ['a relative path', 'linux v\ninitrd /i\n'],
    ['several initrds', 'linux /v\ninitrd /i\ninitrd /j\n'],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseBootEntry(text, 'x')).toThrow();
  });

  test('never makes it throw anything but our own error', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('linux /v', 'initrd /i', 'options ro', 'version 1'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          parseBootEntry(lines.join('\n'), 'x');
        } catch (error) {
          expect((error as Error).name).toBe('TwinproofError');
        }
      }),
    );
  });
});

/** Names of entries in the order in which they are offered. */
const sorted = (entries: Partial<BootEntry>[]): string[] => {
  const plain = { title: '', sortKey: '', version: '', kernel: '', initrd: '', commandLine: '' };
  const all = entries.map((entry) => {
    const name = entry.name ?? 'x.conf';
    return { ...plain, name, ...entry, tries: parseBootEntry(ENTRY, name).tries };
  });
  return sortBootEntries(all).map(({ name, version }) => (name === 'x.conf' ? version : name));
};

test('entries come newest first', () => {
  expect(sorted([{ version: '2' }, { version: '10' }, { version: '1' }])).toEqual(['10', '2', '1']);
  expect(sorted([{ name: 'a-1.conf' }, { name: 'a-2.conf' }])).toEqual(['a-2.conf', 'a-1.conf']);
});

test('those with a sort key come before, those that were given up after all others', () => {
  const entries = [
    { name: 'new+0-3.conf', sortKey: 'os', version: '3' },
    { name: 'plain.conf', version: '9' },
    { name: 'old.conf', sortKey: 'os', version: '1' },
    { name: 'tried+1-2.conf', sortKey: 'os', version: '2' },
  ];
  expect(sorted(entries)).toEqual(['tried+1-2.conf', 'old.conf', 'plain.conf', 'new+0-3.conf']);
});

test.each([
  ['os.conf', null],
  ['os+3.conf', { left: 3, done: 0 }],
  ['os+2-1.conf', { left: 2, done: 1 }],
  ['os+0-3.conf', { left: 0, done: 3 }],
  ['os+3', null],
  ['os+.conf', null],
  ['os+x-1.conf', null],
  ['os+3-1-2.conf', null],
])('%s counts %j', (name, tries) => {
  expect(parseBootEntry(ENTRY, name).tries).toEqual(tries);
});
