import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSyslinuxMenu } from './syslinux-menu.ts';

// As ostree 2022.7 writes it after an update.
const MENU = `TIMEOUT 20

DEFAULT Debian GNU/Linux 12 (bookworm) (ostree:0)
LABEL Debian GNU/Linux 12 (bookworm) (ostree:0)
\tKERNEL /boot/ostree/os-3c6d/vmlinuz-6.1.0-56-cloud-amd64
\tINITRD /boot/ostree/os-3c6d/initramfs-6.1.0-56-cloud-amd64.img
\tAPPEND root=UUID=6f0b rw ostree=/ostree/boot.0/os/3c6d/0
LABEL Debian GNU/Linux 12 (bookworm) (ostree:1)
\tKERNEL /boot/ostree/os-3c6d/vmlinuz-6.1.0-56-cloud-amd64
\tINITRD /boot/ostree/os-3c6d/initramfs-6.1.0-56-cloud-amd64.img
\tAPPEND root=UUID=6f0b rw ostree=/ostree/boot.0/os/3c6d/1
`;
const titles = (text: string): string[] =>
  parseSyslinuxMenu(text, 'x').map(({ title }) => title.slice(-9, -1));

describe('a menu', () => {
  test('names kernel, initrd and command line of each entry', () => {
    const [first, second] = parseSyslinuxMenu(MENU, '/loader/syslinux.cfg');
    expect(first).toEqual({
      name: 'Debian GNU/Linux 12 (bookworm) (ostree:0)',
      title: 'Debian GNU/Linux 12 (bookworm) (ostree:0)',
      sortKey: '',
      version: '',
      kernel: '/boot/ostree/os-3c6d/vmlinuz-6.1.0-56-cloud-amd64',
      initrd: '/boot/ostree/os-3c6d/initramfs-6.1.0-56-cloud-amd64.img',
      commandLine: 'root=UUID=6f0b rw ostree=/ostree/boot.0/os/3c6d/0',
      tries: null,
    });
    expect(second?.commandLine).toContain('/3c6d/1');
  });

  test('has its choice first, wherever that stands', () => {
    expect(titles(MENU)).toEqual(['ostree:0', 'ostree:1']);
    const other = MENU.replace(/^DEFAULT .*\n/m, '');
    expect(titles(`${other}DEFAULT Debian GNU/Linux 12 (bookworm) (ostree:1)\n`)).toEqual([
      'ostree:1',
      'ostree:0',
    ]);
  });

  test.each([
    ['nothing', ''],
    ['no choice', MENU.replace(/^DEFAULT .*\n/m, '')],
    ['a choice that is none of its entries', MENU.replace('DEFAULT Debian', 'DEFAULT Fedora')],
    ['an entry without a kernel', MENU.replace(/\tKERNEL .*\n/, '')],
    ['a path with a command in it', MENU.replace('KERNEL /boot', 'KERNEL /" /boot')],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseSyslinuxMenu(text, 'x')).toThrow();
  });

  test('never makes it throw anything but our own error', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('LABEL a', 'DEFAULT a', '\tKERNEL /v', '\tINITRD /i'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          parseSyslinuxMenu(lines.join('\n'), 'x');
        } catch (error) {
          expect((error as Error).name).toBe('TwinproofError');
        }
      }),
    );
  });
});
