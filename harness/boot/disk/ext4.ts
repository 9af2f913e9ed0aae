import { TwinproofError } from '../../errors.ts';
import { runConfined } from '../machine/confined.ts';
import { type BootEntry, parseBootEntry, sortBootEntries } from './boot-entries.ts';

/** In the file system's first block. Source: Linux, fs/ext4/ext4.h, struct ext4_super_block. */
export const EXT_MAGIC = { at: 1024 + 56, value: 0xef53 } as const;

/** Bytes of a kernel or an initramfs; real ones have up to 150 MiB. */
const MAX_FILE = 512 * 2 ** 20;

/**
 * Reads from an ext4 file system on a disk in a file without mounting it, by debugfs, which runs confined like QEMU.
 * @param disk file in `folder`
 * @param at byte at which the file system begins
 */
export class Ext4 {
  readonly #folder: string;
  readonly #disk: string;

  constructor(folder: string, disk: string, at = 0) {
    this.#folder = folder;
    // Source: e2fsprogs 1.47, lib/ext2fs/unix_io.c, unix_set_option().
    this.#disk = at === 0 ? disk : `${disk}?offset=${at}`;
  }

  /** The entries that a boot loader would find, newest first; `/boot` is not a file system of its own here. */
  async bootEntries(): Promise<BootEntry[]> {
    const names = await this.#list('/boot/loader/entries');
    const entries: BootEntry[] = [];
    for (const name of names.filter((one) => one.endsWith('.conf'))) {
      const text = await this.read(`/boot/loader/entries/${name}`, 65_536);
      const entry = parseBootEntry(text.toString('utf8'), `/boot/loader/entries/${name}`);
      entries.push({ ...entry, kernel: `/boot${entry.kernel}`, initrd: `/boot${entry.initrd}` });
    }
    return sortBootEntries(entries);
  }

  read(path: string, limit = MAX_FILE): Promise<Buffer> {
    return this.#debugfs(`cat "${path}"`, limit);
  }

  async #list(path: string): Promise<string[]> {
    const text = (await this.#debugfs(`ls -p "${path}"`, 2 ** 20)).toString('latin1');
    // `ls -p`: /inode/mode/uid/gid/name/size/
    return text.split('\n').flatMap((line) => {
      const name = line.split('/')[5] ?? '';
      return /^[\w.+-]+$/.test(name) && !/^\.\.?$/.test(name) ? [name] : [];
    });
  }

  async #debugfs(command: string, limit: number): Promise<Buffer> {
    // Like a boot loader, it does not ask what is free: after a power cut only the journal knows that (-c).
    const { stdout, words } = await runConfined(['debugfs', '-c', '-R', command, this.#disk], {
      cwd: this.#folder,
      limit,
    });
    // debugfs says its version first, and ends with 0 also when it found nothing.
    const fault = words.replace(/^debugfs [\w.-]+ \([^)]*\)\s*/, '');
    if (fault === '') return stdout;
    throw new TwinproofError('image-invalid', `cannot be read from the disk: ${fault}`, { where: command });
  }
}
