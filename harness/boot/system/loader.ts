import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ESP_AT, espEntries, readEsp } from '../disk/esp.ts';
import { MACHINE_ARCHITECTURE } from '../disk/operating-system.ts';
import type { Machine } from '../machine/machine.ts';
import { installFirmware, uefi } from './firmware.ts';
import type { Starter } from './starter.ts';

/** What systemd-boot writes below its menu while it waits. Source: systemd 252, src/boot/efi/boot.c, menu_run(). */
const MENU = 'Boot in ';

/** The firmware starts the boot loader on the disk, and that chooses. The firmware's variables outlive a start. */
export const loader: Starter = {
  install: (folder) => installFirmware(folder, MACHINE_ARCHITECTURE, null),

  entries: (folder, disk) => espEntries({ folder, disk, at: ESP_AT }),

  prepare: (folder) => uefi(folder, MACHINE_ARCHITECTURE),

  pick: pickInMenu,

  async loaded(folder, disk, { kernel, initrd }) {
    const digest = async (path: string): Promise<string> =>
      hash('sha256', await readEsp({ folder, disk, at: ESP_AT }, path), 'hex');
    return { kernel: await digest(kernel), initramfs: await digest(initrd) };
  },
};

/** Chooses an entry in the menu of systemd-boot. */
export async function pickInMenu(machine: Machine, number: number, seconds: number): Promise<void> {
  const menu = new AbortController();
  let seen = '';
  const watch = (piece: Buffer): void => {
    seen = (seen + piece.toString('latin1')).slice(-1000);
    if (seen.includes(MENU)) menu.abort();
  };
  machine.console.on('data', watch);
  await setTimeout(seconds * 1000, undefined, { signal: menu.signal }).catch(() => undefined);
  machine.console.off('data', watch);
  // The number moves there, and return starts it.
  machine.console.write(`${number + 1}\r`);
}
