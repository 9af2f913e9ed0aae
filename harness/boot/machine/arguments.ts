import { PLATFORMS, machineOptions } from './platforms.ts';
import type { BootSpec, DiskSpec, MachineSpec } from './types.ts';

/** File descriptors that QEMU is started with: one end of a pair of connected sockets each. Disks come after. */
export const DESCRIPTORS = { control: 3, console: 4, shell: 5, channel: 6, disks: 7 } as const;

/** Name of the port in the guest: `/dev/virtio-ports/<name>`. */
export const CHANNEL_PORT = 'guest.channel';

/** What QEMU calls the network of a machine that has one. */
export const NETWORK = 'network';

/**
 * No system call that a virtual machine does not need (QEMU's seccomp filter): no new processes, no other user.
 * Source: qemu(1), -sandbox.
 */
const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** The command line of QEMU for a machine; nothing in it depends on the configuration files of the host. */
export function qemuArguments(spec: MachineSpec): string[] {
  const { program, display, serial } = PLATFORMS[spec.architecture];
  return [
    program,
    ...['-no-user-config', '-nodefaults', '-sandbox', SANDBOX],
    // A guest that wants to start again ends its machine; who waits for it starts the next one.
    '-no-reboot',
    ...['-display', 'none', '-device', display],
    ...machineOptions(spec.architecture, spec.accelerator),
    ...['-smp', String(spec.cpus), '-m', String(spec.memory)],
    ...socket('control', DESCRIPTORS.control),
    ...['-mon', 'chardev=control,mode=control'],
    ...socket('console', DESCRIPTORS.console),
    ...socket('shell', DESCRIPTORS.shell),
    ...serial,
    ...socket('channel', DESCRIPTORS.channel),
    ...['-device', 'virtio-serial-pci'],
    ...['-device', `virtserialport,chardev=channel,name=${CHANNEL_PORT}`],
    ...['-device', 'virtio-rng-pci'],
    ...spec.disks.flatMap(disk),
    ...network(spec.network),
    ...boot(spec.boot),
    ...[...(spec.credentials ?? [])].flatMap(credential),
    ...(spec.snapshot === undefined ? [] : ['-loadvm', spec.snapshot]),
  ];
}

const socket = (id: string, descriptor: number): string[] => ['-chardev', `socket,id=${id},fd=${descriptor}`];

function disk({ format, overlay, log }: DiskSpec, index: number): string[] {
  const set = index + 1;
  const descriptor = DESCRIPTORS.disks + index;
  // The file was opened by who started QEMU: QEMU's own user may not be able to reach it.
  const file = { driver: 'file', filename: `/dev/fdset/${set}`, 'read-only': true, locking: 'off' };
  const base = { 'node-name': `base${index}`, driver: format, 'read-only': true, file };
  const written = {
    'node-name': `disk${index}`,
    driver: 'qcow2',
    file: { driver: 'file', filename: overlay },
    backing: `base${index}`,
  };
  const logged = {
    'node-name': `logged${index}`,
    driver: 'blklogwrites',
    file: `disk${index}`,
    log: { driver: 'file', filename: log },
  };
  const seen = overlay === null ? 'base' : log === undefined ? 'disk' : 'logged';
  return [
    ...['-add-fd', `fd=${descriptor},set=${set}`],
    ...['-blockdev', JSON.stringify(base)],
    ...(seen === 'base' ? [] : ['-blockdev', JSON.stringify(written)]),
    ...(seen === 'logged' ? ['-blockdev', JSON.stringify(logged)] : []),
    ...['-device', `virtio-blk-pci,drive=${seen}${index},serial=disk${index}`],
  ];
}

/** QEMU's own network stack, told to let nothing through to the host or beyond; no ROM to boot from it. */
function network(wanted: boolean): string[] {
  if (!wanted) return [];
  const card = `virtio-net-pci,netdev=${NETWORK},romfile=`;
  return ['-netdev', `user,id=${NETWORK},restrict=on`, '-device', card];
}

/** Source: systemd 252, systemd.system-credentials(7) and systemd-creds(1): strings of SMBIOS type 11. */
const credential = ([name, text]: [string, string]): string[] =>
  smbios(`io.systemd.credential.binary:${name}=${Buffer.from(text).toString('base64')}`);

/** Read by systemd-boot from 256 on, and by systemd-stub from 254 on: systemd-boot(7) and systemd-stub(7), "SMBIOS Type 11". */
const EXTRA = ['io.systemd.boot.kernel-cmdline-extra', 'io.systemd.stub.kernel-cmdline-extra'];

const smbios = (text: string): string[] => ['-smbios', `type=11,value=${text.replaceAll(',', ',,')}`];

function boot(spec: BootSpec): string[] {
  if (spec.kind === 'kernel')
    return ['-kernel', spec.kernel, '-initrd', spec.initrd, '-append', spec.commandLine];
  if (spec.firmware === 'bios') return [];
  const code = { 'node-name': 'firmware', driver: 'raw', 'read-only': true, file: fileNode(spec.code) };
  const variables = { 'node-name': 'variables', driver: 'qcow2', file: fileNode(spec.variables) };
  return [
    ...['-blockdev', JSON.stringify(code), '-blockdev', JSON.stringify(variables)],
    ...['-machine', 'pflash0=firmware,pflash1=variables'],
    ...(spec.commandLine === undefined
      ? []
      : EXTRA.flatMap((name) => smbios(`${name}=${spec.commandLine ?? ''}`))),
  ];
}

const fileNode = (filename: string): object => ({ driver: 'file', filename });
