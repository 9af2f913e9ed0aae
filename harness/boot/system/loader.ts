import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ITS_CHOICE } from '../disk/boot-entries.ts';
import { ESP_AT, readEsp, shownEntries } from '../disk/esp.ts';
import { MACHINE_ARCHITECTURE } from '../disk/operating-system.ts';
import type { Machine } from '../machine/machine.ts';
import { installFirmware, uefi } from './firmware.ts';
import type { BootMethod } from './boot-method.ts';

/** The menu of a boot loader on the console. */
interface Menu {
  /** What it writes while it waits. */
  sign: string;
  /** Keys that start the entry of a number, from 0. */
  keys: (number: number) => string;
}

/** A number moves there, and return starts it. Source: systemd 252, src/boot/efi/boot.c, menu_run(). */
export const SYSTEMD_BOOT: Menu = { sign: 'Boot in ', keys: (number) => `${number + 1}\r` };

/** The firmware starts the boot loader on the disk, and that chooses. The firmware's variables outlive a start. */
export const loader: BootMethod = {
  install: (folder) => installFirmware(folder, MACHINE_ARCHITECTURE, null),

  // Also with nothing to start, it is for the machine to say so.
  async entries(folder, disk) {
    const shown = await shownEntries({ folder, disk, at: ESP_AT });
    return shown.length === 0 ? [ITS_CHOICE] : shown;
  },

  prepare: ({ folder }) => uefi(folder, MACHINE_ARCHITECTURE),

  pick: (machine, choice, seconds) => pickInMenu(SYSTEMD_BOOT, machine, { choice, seconds }),

  async loaded(folder, disk, { kernel, initrd }) {
    const digest = async (path: string): Promise<string> =>
      hash('sha256', await readEsp({ folder, disk, at: ESP_AT }, path), 'hex');
    return { kernel: await digest(kernel), initramfs: await digest(initrd) };
  },
};

/** Chooses an entry in a menu. */
export async function pickInMenu(
  { sign, keys }: Menu,
  machine: Machine,
  { choice, seconds }: { choice: number; seconds: number },
): Promise<void> {
  const menu = new AbortController();
  let seen = '';
  const watch = (piece: Buffer): void => {
    seen = (seen + piece.toString('latin1')).slice(-1000);
    if (seen.includes(sign)) menu.abort();
  };
  machine.console.on('data', watch);
  await setTimeout(seconds * 1000, undefined, { signal: menu.signal }).catch(() => undefined);
  machine.console.off('data', watch);
  machine.console.write(keys(choice));
}
