import { hash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ext4 } from '../disk/ext4.ts';
import { handOver } from '../machine/confined.ts';
import { openPlain } from '../machine/machine.ts';
import { type BootMethod, addedArguments } from './boot-method.ts';

/** The kernel of the chosen entry is started directly, in place of a boot loader. */
export const direct: BootMethod = {
  install: () => Promise.resolve(),

  entries: (folder, disk) => new Ext4(folder, disk).bootEntries(),

  async prepare({ folder, disk, slowness }, { kernel, initrd, commandLine }) {
    for (const [name, source] of [['vmlinuz', kernel] as const, ['initrd', initrd] as const]) {
      await rm(join(folder, name), { force: true });
      // Made anew: what lies there belongs to QEMU's user.
      await writeFile(join(folder, name), await new Ext4(folder, disk).read(source), { flag: 'wx' });
      await handOver(join(folder, name));
    }
    const all = `${commandLine} ${addedArguments(slowness)}`;
    return { kind: 'kernel', kernel: 'vmlinuz', initrd: 'initrd', commandLine: all };
  },

  pick: () => Promise.resolve(),

  async loaded(folder) {
    const digest = async (name: string): Promise<string> => {
      await using file = await openPlain(join(folder, name));
      return hash('sha256', await file.readFile(), 'hex');
    };
    return { kernel: await digest('vmlinuz'), initramfs: await digest('initrd') };
  },
};
