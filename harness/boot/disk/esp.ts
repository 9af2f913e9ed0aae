import { runConfined } from '../machine/confined.ts';
import { type BootEntry, parseBootEntry, sortBootEntries } from './boot-entries.ts';

/** Where the partition begins on the disks that are made here; see build-slots.sh. */
const AT = '@@1M';
const FOLDER = '/loader/entries';
/** A loader's folder has a handful. */
const MOST = 100;
/** Bytes of a kernel or an initramfs; real ones have up to 150 MiB. */
const MAX_FILE = 512 * 2 ** 20;

/**
 * Reads a boot loader's entries from the EFI system partition of a disk in a file, by mtools, which run confined like QEMU.
 * @param folder holds the disk
 */
export async function espEntries(folder: string, disk: string): Promise<BootEntry[]> {
  const command = ['mdir', '-b', '-i', `${disk}${AT}`, `::${FOLDER}`];
  const listing = (await runConfined(command, { cwd: folder })).stdout.toString('utf8');
  // `mdir -b`: a full path a line.
  const names = listing
    .split('\n')
    .flatMap((line) => /^::\/loader\/entries\/([\w.+-]{1,200}\.conf)$/.exec(line)?.[1] ?? []);
  const entries: BootEntry[] = [];
  for (const name of names.slice(0, MOST)) {
    const path = `${FOLDER}/${name}`;
    entries.push(parseBootEntry((await readEsp(folder, disk, path)).toString('utf8'), path));
  }
  return sortBootEntries(entries);
}

/** @param path from the root of the partition */
export async function readEsp(folder: string, disk: string, path: string): Promise<Buffer> {
  const command = ['mtype', '-i', `${disk}${AT}`, `::${path}`];
  return (await runConfined(command, { cwd: folder, limit: MAX_FILE })).stdout;
}
