import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { type BootEntry, ITS_CHOICE } from '../disk/boot-entries.ts';
import { type Esp, espEntries, espHas } from '../disk/esp.ts';
import { EXT_MAGIC, Ext4 } from '../disk/ext4.ts';
import { partitionsOf } from '../disk/partitions.ts';
import type { EfiVariable } from '../machine/efi-variables.ts';
import { PLATFORMS } from '../machine/platforms.ts';
import type { Architecture } from '../machine/types.ts';
import { direct } from './direct.ts';
import { installFirmware, uefi } from './firmware.ts';
import { SYSTEMD_BOOT, pickInMenu } from './loader.ts';
import { type BootMethod, patient } from './boot-method.ts';

/** How an existing disk image is started. */
export interface GivenStart {
  by: 'uefi' | 'bios' | 'kernel';
  architecture: Architecture;
  bootMethod: BootMethod;
}

/**
 * Read by systemd up to 257 as if it stood on the kernel's command line, where the machine has UEFI without Secure Boot.
 * Source: systemd 252, docs/ENVIRONMENT.md and src/basic/efivars.c; systemd 258, NEWS.
 */
const options = (shell: string, slowness: number): EfiVariable => ({
  name: 'SystemdOptions',
  vendor: '8cf2644b-4b0b-428f-9387-6d876050dc67',
  text: `systemd.debug_shell=${shell} ${patient(slowness)}`,
});

/**
 * The same for systemd from 256 on, whatever the firmware: its own shell for debugging is wanted, and on that port; not yet
 * in the initramfs, the end of which would be its end. Source: systemd.system-credentials(7), "systemd.unit-dropin.*".
 */
const credentials = (shell: string): ReadonlyMap<string, string> =>
  new Map([
    [
      'systemd.unit-dropin.debug-shell.service',
      `[Unit]\nConditionPathExists=\nConditionPathExists=!/etc/initrd-release\n[Service]\nTTYPath=/dev/${shell}\n`,
    ],
    ['systemd.unit-dropin.sysinit.target', '[Unit]\nWants=debug-shell.service\n'],
  ]);

/** Boot loaders of machines that are not started here. Source: UEFI 2.10, table 3.2. */
const FOREIGN_LOADERS = {
  '/EFI/BOOT/BOOTARM.EFI': 'arm',
  '/EFI/BOOT/BOOTIA32.EFI': '386',
  '/EFI/BOOT/BOOTRISCV64.EFI': 'riscv64',
  '/EFI/BOOT/BOOTLOONGARCH64.EFI': 'loong64',
};

/** In the order in which they are looked for: what runs fast here comes first on a disk for both. */
const ARCHITECTURES: readonly Architecture[] =
  process.arch === PLATFORMS.arm64.native ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
const LOADERS = ARCHITECTURES.map((one) => PLATFORMS[one].loader.slice(1)).join(', no ');

/**
 * Chooses by what the disk holds: UEFI where it has a boot loader for that, a kernel directly where it is one file system
 * with boot entries and no partitions, a PC's BIOS where there is code in its first sector.
 * @throws TwinproofError `unsupported` when nothing on it can be started
 */
export async function startOf(folder: string, disk: string): Promise<GivenStart> {
  const esps = (await partitionsOf(folder, disk)).filter((partition) => partition.esp);
  for (const architecture of ARCHITECTURES)
    for (const { start } of esps)
      if (await espHas({ folder, disk, at: start }, PLATFORMS[architecture].loader))
        return { by: 'uefi', architecture, bootMethod: byUefi(start, architecture) };
  const { code, ext } = await firstSectors(join(folder, disk));
  if (ext && (await new Ext4(folder, disk).bootEntries().catch(() => [])).length > 0)
    return { by: 'kernel', architecture: 'amd64', bootMethod: direct };
  if (code) return { by: 'bios', architecture: 'amd64', bootMethod: byBios };
  const others = await foreign(esps.map(({ start }) => ({ folder, disk, at: start })));
  const reason =
    others.length > 0
      ? `its boot loader is for ${others.join(' and ')}, and the machines here are ${ARCHITECTURES.join(' or ')} ones`
      : `it has no ${LOADERS}, no code in its first sector, and no boot entries`;
  throw new TwinproofError('unsupported', `the disk cannot be started: ${reason}`, {
    hint: 'docs/boot-disks.md says which disks can',
  });
}

/** Architectures that the disk has boot loaders for. */
async function foreign(esps: Esp[]): Promise<string[]> {
  const found: string[] = [];
  for (const esp of esps)
    for (const [path, architecture] of Object.entries(FOREIGN_LOADERS))
      if (await espHas(esp, path)) found.push(architecture);
  return found;
}

/** Whether there is code for a BIOS, and whether it is an ext file system. */
async function firstSectors(path: string): Promise<{ code: boolean; ext: boolean }> {
  await using file = await open(path);
  const head = Buffer.alloc(2048);
  await file.read(head, 0, head.length, 0);
  return {
    code: head.readUInt16LE(510) === 0xaa55 && head.subarray(0, 440).some((byte) => byte !== 0),
    ext: head.readUInt16LE(EXT_MAGIC.at) === EXT_MAGIC.value,
  };
}

const byUefi = (at: number, architecture: Architecture): BootMethod => ({
  credentials: credentials(PLATFORMS[architecture].ports.shell),
  // Systems that were made for machines with one wait for it, or fail without.
  network: true,
  ssh: true,
  install: (folder, slowness) =>
    installFirmware(folder, architecture, options(PLATFORMS[architecture].ports.shell, slowness)),
  entries: (folder, disk) => givenEntries({ folder, disk, at }),
  // The one that is named last is the console that programs write to; the screen stays one.
  prepare: async ({ folder }) => ({
    ...(await uefi(folder, architecture)),
    commandLine: `console=tty0 console=${PLATFORMS[architecture].ports.console}`,
  }),
  pick: (machine, choice, seconds) => pickInMenu(SYSTEMD_BOOT, machine, { choice, seconds }),
  loaded: unknownKernel,
});

const byBios: BootMethod = {
  credentials: credentials(PLATFORMS.amd64.ports.shell),
  // Systems that were made for machines with one wait for it, or fail without.
  network: true,
  ssh: true,
  install: () => Promise.resolve(),
  entries: () => Promise.resolve([ITS_CHOICE]),
  prepare: () => Promise.resolve({ kind: 'firmware', firmware: 'bios' }),
  pick: () => Promise.reject(new TwinproofError('internal', 'there is only one entry')),
  loaded: unknownKernel,
};

/** Entries for systemd-boot; other boot loaders have menus of their own, and theirs may not have the form that is read. */
async function givenEntries(esp: Esp): Promise<BootEntry[]> {
  if (!(await espHas(esp, '/loader/entries'))) return [ITS_CHOICE];
  try {
    const entries = await espEntries(esp);
    return entries.length === 0 ? [ITS_CHOICE] : entries;
  } catch (error) {
    if (error instanceof TwinproofError && error.code !== 'internal') return [ITS_CHOICE];
    throw error;
  }
}

function unknownKernel(): Promise<never> {
  throw new TwinproofError('unsupported', 'which kernel the boot loader on the disk starts is not known');
}
