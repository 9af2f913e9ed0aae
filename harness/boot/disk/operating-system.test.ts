import { expect, test } from 'vitest';
import type { MergedTree } from '../../oci/layers/tree.ts';
import { operatingSystemOf as systemOf } from './operating-system.ts';

const KERNEL = [
  'usr/lib/modules/6.1.0-56-cloud-amd64/vmlinuz',
  'usr/lib/modules/6.1.0-56-cloud-amd64/initramfs.img',
];
const TOOLS = ['usr/bin/ostree', 'usr/sbin/mke2fs', 'usr/sbin/debugfs', 'usr/bin/sh', 'usr/bin/find'];
const SYSTEMD = 'usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so';
const COUNTING = ['usr/lib/systemd/boot/efi/systemd-bootx64.efi', 'usr/lib/systemd/systemd-bless-boot'];
const SLOT_TOOLS = ['bin/mksquashfs', 'sbin/sfdisk', 'sbin/mkfs.vfat', 'bin/mcopy', 'sbin/mke2fs']
  .concat('bin/tar', 'bin/sh', 'bin/find', 'bin/sed')
  .map((path) => `usr/${path}`);

const operatingSystemOf = (
  tree: MergedTree,
  architecture: string | undefined,
  labels: Record<string, string> = {},
): ReturnType<typeof systemOf> =>
  systemOf(tree, { ...(architecture === undefined ? {} : { architecture }), config: { Labels: labels } });

/** Only the names matter here. */
function tree(paths: string[]): MergedTree {
  const file = {} as MergedTree['files'] extends Map<string, infer File> ? File : never;
  return { files: new Map(paths.map((path) => [path, file])), trailers: [] };
}

test('an image with a kernel, an initramfs and what installs it is an operating system', () => {
  expect(operatingSystemOf(tree([...KERNEL, ...TOOLS, SYSTEMD]), 'amd64')).toEqual({
    family: 'ostree',
    kernel: '6.1.0-56-cloud-amd64',
    systemd: '252',
    bootc: false,
    loader: null,
  });
  expect(operatingSystemOf(tree([...KERNEL, ...TOOLS]), 'amd64').systemd).toBeNull();
});

test('with a boot loader that counts tries, and without ostree, it is for two slots', () => {
  const paths = [...KERNEL, ...COUNTING, ...SLOT_TOOLS, SYSTEMD];
  expect(operatingSystemOf(tree(paths), 'amd64')).toMatchObject({ family: 'ab', loader: 'systemd-boot' });
  expect(operatingSystemOf(tree([...paths, ...TOOLS]), 'amd64').family).toBe('ostree');
});

test('with GRUB, its reader of menus and what puts it on a disk, ostree has a boot loader', () => {
  const grub = ['usr/bin/grub-mkimage', 'usr/lib/grub/x86_64-efi/syslinuxcfg.mod'].concat(
    'usr/sbin/sfdisk',
    'usr/sbin/mkfs.vfat',
    'usr/bin/mcopy',
  );
  expect(operatingSystemOf(tree([...KERNEL, ...TOOLS, ...grub]), 'amd64').loader).toBe('grub');
  for (const one of grub) {
    const others = grub.filter((path) => path !== one);
    expect(operatingSystemOf(tree([...KERNEL, ...TOOLS, ...others]), 'amd64').loader).toBeNull();
  }
});

test('one with the program or the label of bootc is updated by that', () => {
  const paths = [...KERNEL, ...TOOLS];
  expect(operatingSystemOf(tree([...paths, 'usr/bin/bootc']), 'amd64').bootc).toBe(true);
  expect(operatingSystemOf(tree(paths), 'amd64', { 'containers.bootc': '1' }).bootc).toBe(true);
  expect(systemOf(tree(paths), { architecture: 'amd64', config: null }).bootc).toBe(false);
});

test.each([
  ['no kernel', TOOLS, /no kernel/],
  ['two kernels', [...KERNEL, ...TOOLS, 'usr/lib/modules/6.2/vmlinuz'], /2 kernels/],
  ['no initramfs', [KERNEL[0] ?? '', ...TOOLS], /no initramfs/],
  ['no ostree', [...KERNEL, ...TOOLS.slice(1)], /no ostree/],
  ['half of what counts tries', [...KERNEL, ...SLOT_TOOLS, COUNTING[0] ?? ''], /no ostree/],
  ['no mksquashfs', [...KERNEL, ...COUNTING, ...SLOT_TOOLS.slice(1)], /no mksquashfs/],
  ['nothing', [], /no kernel/],
])('an image with %s is not', (_what, paths, reason) => {
  expect(() => operatingSystemOf(tree(paths), 'amd64')).toThrow(reason);
  expect(() => operatingSystemOf(tree(paths), 'amd64')).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
});

test.each([
  ['arm64', /it is for arm64, and the machines here are amd64 ones/],
  [undefined, /an unknown architecture/],
])('one for %s is not started here', (architecture, reason) => {
  const paths = [...KERNEL, ...TOOLS, SYSTEMD];
  expect(() => operatingSystemOf(tree(paths), architecture)).toThrow(reason);
});
