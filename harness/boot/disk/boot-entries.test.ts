import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBootEntry, sortBootEntries } from './boot-entries.ts';

// As ostree 2022.7 writes it.
const ENTRY = `title Debian GNU/Linux 12 (bookworm) (ostree:0)
version 1
options root=UUID=6f0b5b5e-0c86-4bd7-8b52-6f3f2a0d8a11 rw ostree=/ostree/boot.1/os/3c6d/0
linux /boot/ostree/os-3c6d/vmlinuz-6.1.0-56-cloud-amd64
initrd /boot/ostree/os-3c6d/initramfs-6.1.0-56-cloud-amd64.img
`;

describe('a boot entry', () => {
  test('names kernel, initrd and command line', () => {
    expect(parseBootEntry(ENTRY, 'x')).toEqual({
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

test('entries come newest first', () => {
  const entry = (version: string) => ({ title: '', version, kernel: '', initrd: '', commandLine: '' });
  const sorted = sortBootEntries(['2', '10', '1'].map(entry));
  expect(sorted.map(({ version }) => version)).toEqual(['10', '2', '1']);
});
