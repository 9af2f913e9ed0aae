import { hash } from 'node:crypto';
import { TwinproofError } from '../../errors.ts';
import { Ext4 } from '../disk/ext4.ts';
import { MACHINE_ARCHITECTURE } from '../disk/operating-system.ts';
import { parseSyslinuxMenu } from '../disk/syslinux-menu.ts';
import { installFirmware, uefi } from './firmware.ts';
import { pickInMenu } from './loader.ts';
import type { BootMethod } from './boot-method.ts';

/** Byte at which the partition that is /boot begins on the disks that are made here; see build-disk.sh. */
const BOOT_AT = 513 * 2 ** 20;
/** The first of them that is there and not empty is what GRUB is told to take; see build-disk.sh. */
const MENUS = ['loader', 'loader.0', 'loader.1'].map((folder) => `/${folder}/syslinux.cfg`);
/** Source: GRUB 2.06, grub-core/normal/menu_text.c, print_timeout(), and menu.c, run_menu(): `v` moves down. */
const ON_CONSOLE = { sign: 'highlighted entry', keys: (number: number): string => `${'v'.repeat(number)}\r` };

const bootOf = (folder: string, disk: string): Ext4 => new Ext4(folder, disk, BOOT_AT);

/** Empty also where there is none. */
async function menuAt(boot: Ext4, path: string): Promise<string> {
  try {
    return (await boot.read(path, 65_536)).toString('utf8');
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'image-invalid') return '';
    throw error;
  }
}

/**
 * The firmware starts GRUB on the disk, and that chooses. Its menu is read here as GRUB reads it: what only the journal of
 * the file system says is not known yet.
 */
export const grub: BootMethod = {
  install: (folder) => installFirmware(folder, MACHINE_ARCHITECTURE, null),

  async entries(folder, disk) {
    for (const path of MENUS) {
      const menu = await menuAt(bootOf(folder, disk), path);
      if (menu !== '') return parseSyslinuxMenu(menu, path);
    }
    throw new TwinproofError('image-invalid', 'the disk has no boot menu', { where: MENUS.join(', ') });
  },

  prepare: ({ folder }) => uefi(folder, MACHINE_ARCHITECTURE),

  pick: (machine, choice, seconds) => pickInMenu(ON_CONSOLE, machine, { choice, seconds }),

  async loaded(folder, disk, { kernel, initrd }) {
    const boot = bootOf(folder, disk);
    const digest = async (path: string): Promise<string> => hash('sha256', await boot.read(path), 'hex');
    return { kernel: await digest(kernel), initramfs: await digest(initrd) };
  },
};
