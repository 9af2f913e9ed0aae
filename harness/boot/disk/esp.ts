import { runConfined } from '../machine/confined.ts';
import { type BootEntry, parseBootEntry, sortBootEntries } from './boot-entries.ts';

/** Byte at which the partition begins on the disks that are made here; see build-slots.sh. */
export const ESP_AT = 2 ** 20;
const FOLDER = '/loader/entries';
/** A loader's folder has a handful. */
const MOST = 100;
/** Bytes of a kernel or an initramfs; real ones have up to 150 MiB. */
const MAX_FILE = 512 * 2 ** 20;

/** An EFI system partition of a disk in a file. */
export interface Esp {
  /** Holds the disk. */
  folder: string;
  disk: string;
  /** Byte at which it begins. */
  at: number;
}

/** Reads a boot loader's entries by mtools, which run confined like QEMU. */
export async function espEntries(esp: Esp): Promise<BootEntry[]> {
  const { stdout } = await mtool(esp, ['mdir', '-b'], FOLDER);
  const listing = stdout.toString('utf8');
  // `mdir -b`: a full path a line.
  const names = listing
    .split('\n')
    .flatMap((line) => /^::\/loader\/entries\/([\w.+-]{1,200}\.conf)$/.exec(line)?.[1] ?? []);
  const entries: BootEntry[] = [];
  for (const name of names.slice(0, MOST)) {
    const path = `${FOLDER}/${name}`;
    entries.push(parseBootEntry((await readEsp(esp, path)).toString('utf8'), path));
  }
  return sortBootEntries(entries);
}

/** @param path from the root of the partition */
export async function readEsp(esp: Esp, path: string): Promise<Buffer> {
  return (await mtool(esp, ['mtype'], path)).stdout;
}

/** Whether there is a file or folder of that name. */
export async function espHas(esp: Esp, path: string): Promise<boolean> {
  const { stdout } = await mtool(esp, ['mdir', '-b'], path, [0, 1]);
  return stdout.toString('latin1').trim() !== '';
}

const mtool = (
  { folder, disk, at }: Esp,
  command: string[],
  path: string,
  accept = [0],
): ReturnType<typeof runConfined> =>
  runConfined([...command, '-i', `${disk}@@${at}`, `::${path}`], { cwd: folder, limit: MAX_FILE, accept });
