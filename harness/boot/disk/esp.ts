import { runConfined } from '../machine/confined.ts';
import { TwinproofError } from '../../errors.ts';
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
  const entries: BootEntry[] = [];
  for (const path of await listEntries(esp)) entries.push(await readEntry(esp, path));
  return sortBootEntries(entries);
}

/**
 * Those of them that systemd-boot shows: it passes over what it cannot read, and what names a kernel that is not there.
 * Source: systemd 252, src/boot/efi/boot.c, config_load_entries() and config_entry_add_type1().
 */
export async function shownEntries(esp: Esp): Promise<BootEntry[]> {
  const entries: BootEntry[] = [];
  for (const path of (await listEntries(esp).catch(passOver)) ?? []) {
    const entry = await readEntry(esp, path).catch(passOver);
    if (entry !== null && (await espHas(esp, entry.kernel))) entries.push(entry);
  }
  return sortBootEntries(entries);
}

/** What is broken on the disk; that nothing can be read at all is no such thing. */
function passOver(error: unknown): null {
  if (error instanceof TwinproofError && ['internal', 'image-invalid'].includes(error.code)) return null;
  throw error;
}

async function listEntries(esp: Esp): Promise<string[]> {
  const { stdout } = await mtool(esp, ['mdir', '-b'], FOLDER);
  // `mdir -b`: a full path a line.
  const lines = stdout.toString('utf8').split('\n');
  const paths = lines.flatMap(
    (line) => /^::(\/loader\/entries\/[\w.+-]{1,200}\.conf)$/.exec(line)?.[1] ?? [],
  );
  return paths.slice(0, MOST);
}

const readEntry = async (esp: Esp, path: string): Promise<BootEntry> =>
  parseBootEntry((await readEsp(esp, path)).toString('utf8'), path);

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
