import type { Accelerator, Architecture } from './types.ts';

/** What is different from architecture to architecture; everything else is the same code. */
export interface Platform {
  /** QEMU's program. */
  program: string;
  /** Where it runs at the speed of the host: `process.arch` there. */
  native: string;
  machine: string;
  /** Processor that TCG emulates. */
  emulated: string;
  display: string;
  /** Serial ports by the names that Linux gives them. */
  ports: { console: string; shell: string };
  /** Options that put the two serial ports on their sockets. */
  serial: readonly string[];
  /** UEFI for virtual machines, by distribution: code, and variables as they are in a new machine. */
  firmware: readonly (readonly [code: string, variables: string])[];
  /** What a new machine's firmware starts from a disk. Source: UEFI 2.10, 3.5.1.1 and table 3.2. */
  loader: string;
}

export const PLATFORMS: Record<Architecture, Platform> = {
  amd64: {
    program: 'qemu-system-x86_64',
    native: 'x64',
    machine: 'q35',
    // TCG's default model lacks what x86-64-v2 kernels need. Told that copying bytes by one instruction is fast, a kernel
    // does so, and TCG goes byte by byte.
    emulated: 'max,-erms,-fsrm',
    display: 'VGA',
    ports: { console: 'ttyS0', shell: 'ttyS1' },
    serial: ['-serial', 'chardev:console', '-serial', 'chardev:shell'],
    firmware: [
      ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
      ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
    ],
    loader: '/EFI/BOOT/BOOTX64.EFI',
  },
  arm64: {
    program: 'qemu-system-aarch64',
    native: 'arm64',
    machine: 'virt,gic-version=max',
    // `max` signs pointers, which TCG does at a crawl.
    emulated: 'neoverse-n1',
    display: 'virtio-gpu-pci',
    ports: { console: 'ttyAMA0', shell: 'ttyS0' },
    // The machine has one serial port of its own; the other is on a card.
    serial: ['-serial', 'chardev:console', '-device', 'pci-serial,chardev=shell'],
    firmware: [
      ['/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'],
      ['/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw', '/usr/share/edk2/aarch64/vars-template-pflash.raw'],
    ],
    loader: '/EFI/BOOT/BOOTAA64.EFI',
  },
};

/** `-accel`, `-M` and `-cpu` of a machine. */
export function machineOptions(architecture: Architecture, accelerator: Accelerator): string[] {
  const { machine, emulated } = PLATFORMS[architecture];
  const acceleration = accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi,tb-size=256';
  return ['-accel', acceleration, '-M', machine, '-cpu', accelerator === 'kvm' ? 'host' : emulated];
}
