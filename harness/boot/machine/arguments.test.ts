import { expect, test } from 'vitest';
import { qemuArguments } from './arguments.ts';
import type { MachineSpec } from './types.ts';

const spec = (changes: Partial<MachineSpec> = {}): MachineSpec => ({
  architecture: 'amd64',
  accelerator: 'tcg',
  cpus: 2,
  memory: 1024,
  boot: { kind: 'kernel', kernel: 'vmlinuz', initrd: 'initrd', commandLine: 'root=/dev/vda a="b c"' },
  disks: [],
  network: false,
  ...changes,
});

/** Values that follow an option. */
function values(args: string[], option: string): string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}

test('a kernel gets its command line as one argument', () => {
  const args = qemuArguments(spec());
  expect(values(args, '-kernel')).toEqual(['vmlinuz']);
  expect(values(args, '-append')).toEqual(['root=/dev/vda a="b c"']);
});

test('there is no network unless asked for, and then no way out', () => {
  expect(values(qemuArguments(spec()), '-netdev')).toEqual([]);
  expect(values(qemuArguments(spec({ network: true })), '-netdev')).toEqual(['user,id=network,restrict=on']);
});

test('bases of disks are read-only and come as descriptors; writes go to overlays', () => {
  const args = qemuArguments(
    spec({
      disks: [
        { base: '/a.raw', format: 'raw', overlay: 'a.qcow2' },
        { base: '/b.qcow2', format: 'qcow2', overlay: null },
      ],
    }),
  );
  expect(args.join(' ')).not.toContain('/a.raw');
  expect(values(args, '-add-fd')).toEqual(['fd=7,set=1', 'fd=8,set=2']);
  const nodes = values(args, '-blockdev').map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(nodes.map((node) => [node['node-name'], node['read-only'] ?? false, node.backing ?? null])).toEqual([
    ['base0', true, null],
    ['disk0', false, 'base0'],
    ['base1', true, null],
  ]);
  expect(values(args, '-device').filter((device) => device.startsWith('virtio-blk'))).toEqual([
    'virtio-blk-pci,drive=disk0,serial=disk0',
    'virtio-blk-pci,drive=base1,serial=disk1',
  ]);
});

test('writes are logged above the overlay', () => {
  const args = qemuArguments(
    spec({ disks: [{ base: '/a.raw', format: 'raw', overlay: 'a.qcow2', log: 'writes.log' }] }),
  );
  const nodes = values(args, '-blockdev').map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(nodes.at(-1)).toMatchObject({
    'node-name': 'logged0',
    driver: 'blklogwrites',
    file: 'disk0',
    log: { filename: 'writes.log' },
  });
  expect(values(args, '-device')).toContain('virtio-blk-pci,drive=logged0,serial=disk0');
});

test("firmware is the machine's own, or UEFI with variables that are its own", () => {
  expect(qemuArguments(spec({ boot: { kind: 'firmware', firmware: 'bios' } })).join(' ')).not.toContain(
    'pflash',
  );
  const uefi = qemuArguments(
    spec({ boot: { kind: 'firmware', firmware: 'uefi', code: '/f/CODE.fd', variables: 'vars.qcow2' } }),
  );
  expect(values(uefi, '-machine')).toEqual(['pflash0=firmware,pflash1=variables']);
  expect(JSON.parse(values(uefi, '-blockdev')[0] ?? '')).toMatchObject({ 'read-only': true });
});

test("systemd's boot loaders find more for the kernel's command line in the tables of the firmware", () => {
  const boot = { kind: 'firmware', firmware: 'uefi', code: 'c', variables: 'v' } as const;
  expect(values(qemuArguments(spec({ boot })), '-smbios')).toEqual([]);
  const reported = { ...boot, commandLine: 'console=tty0 console=ttyS0,115200' };
  expect(values(qemuArguments(spec({ boot: reported })), '-smbios')).toEqual([
    'type=11,value=io.systemd.boot.kernel-cmdline-extra=console=tty0 console=ttyS0,,115200',
    'type=11,value=io.systemd.stub.kernel-cmdline-extra=console=tty0 console=ttyS0,,115200',
  ]);
});

test('credentials are in the tables of the firmware, whatever bytes they have', () => {
  const credentials = new Map([['systemd.unit-dropin.a.service', '[Unit]\nA=b,c\n']]);
  expect(values(qemuArguments(spec({ credentials })), '-smbios')).toEqual([
    'type=11,value=io.systemd.credential.binary:systemd.unit-dropin.a.service=W1VuaXRdCkE9YixjCg==',
  ]);
  expect(values(qemuArguments(spec()), '-smbios')).toEqual([]);
});

test('the configuration of the host plays no part', () => {
  expect(qemuArguments(spec())).toEqual(
    expect.arrayContaining(['-no-user-config', '-nodefaults', '-sandbox']),
  );
});

test('a machine for arm64 has the same devices on other hardware', () => {
  const args = qemuArguments(spec({ architecture: 'arm64' }));
  expect(args[0]).toBe('qemu-system-aarch64');
  expect(values(args, '-M')).toEqual(['virt,gic-version=max']);
  expect(values(args, '-serial')).toEqual(['chardev:console']);
  const devices = values(args, '-device');
  expect(devices).toContain('pci-serial,chardev=shell');
  const same = values(qemuArguments(spec()), '-device').filter((device) => device !== 'VGA');
  expect(devices).toEqual(expect.arrayContaining(same));
});
