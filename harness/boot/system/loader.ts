import { hash } from 'node:crypto';
import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TwinproofError } from '../../errors.ts';
import { espEntries, readEsp } from '../disk/esp.ts';
import { runConfined } from '../machine/confined.ts';
import { TOOLS, installCommand } from '../../setup/tools.mjs';
import type { Starter } from './starter.ts';

/** Where distributions have UEFI for virtual machines: code, and variables as they are in a new machine. */
const FIRMWARE = [
  ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
  ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
] as const;

const VARIABLES = 'variables.qcow2';
/** What systemd-boot writes below its menu while it waits. Source: systemd 252, src/boot/efi/boot.c, menu_run(). */
const MENU = 'Boot in ';

/** The firmware starts the boot loader on the disk, and that chooses. The firmware's variables outlive a start. */
export const loader: Starter = {
  async install(folder) {
    const { variables } = await firmware();
    await convert(folder, { from: variables, format: 'raw' });
  },

  entries: espEntries,

  async prepare(folder) {
    const { code } = await firmware();
    // A snapshot of an earlier start is left behind.
    await convert(folder, { from: VARIABLES, format: 'qcow2' });
    return { kind: 'firmware', firmware: 'uefi', code, variables: VARIABLES };
  },

  async pick(machine, number, seconds) {
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
  },

  async loaded(folder, disk, { kernel, initrd }) {
    const digest = async (path: string): Promise<string> =>
      hash('sha256', await readEsp(folder, disk, path), 'hex');
    return { kernel: await digest(kernel), initramfs: await digest(initrd) };
  },
};

async function convert(folder: string, { from, format }: { from: string; format: string }): Promise<void> {
  const command = ['qemu-img', 'convert', '-f', format, '-O', 'qcow2', from, 'new-variables.qcow2'];
  await runConfined(command, { cwd: folder });
  await rename(join(folder, 'new-variables.qcow2'), join(folder, VARIABLES));
}

async function firmware(): Promise<{ code: string; variables: string }> {
  for (const [code, variables] of FIRMWARE) {
    const there = await access(code).then(
      () => true,
      () => false,
    );
    if (there) return { code, variables };
  }
  throw new TwinproofError('unsupported', 'there is no UEFI firmware for virtual machines', {
    hint: installCommand(TOOLS.filter(({ command }) => command === 'OVMF'))?.join(' ') ?? 'install OVMF',
  });
}
