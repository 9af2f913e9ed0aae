import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXT_MAGIC } from '../disk/ext4.ts';
import { partitionsOf } from '../disk/partitions.ts';
import { runConfined } from '../machine/confined.ts';
import { openPlain } from '../machine/machine.ts';

/** Copies a disk to another name in its folder, its holes as holes. The folder belongs to QEMU's user. */
export async function copyDisk(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await runConfined(['cp', '--sparse=always', basename(from), basename(to)], {
    cwd: dirname(from),
    timeout: 600_000,
  });
}

/**
 * Has the ext file systems of a disk that were not unmounted brought in order, as at a start, and says what is broken beyond
 * that: 1 is the exit code of e2fsck for what it may mend by itself. Source: e2fsck(8), -p and "EXIT CODE".
 */
export async function brokenFileSystem(disk: string): Promise<string | null> {
  const cwd = dirname(disk);
  for (const place of await extFileSystems(cwd, basename(disk))) {
    try {
      // By itself in a file: having replayed a journal, e2fsck 1.47 forgets where on a disk the file system begins.
      await runConfined(copyPart(basename(disk), place), { cwd, timeout: 600_000 });
      await runConfined(['e2fsck', '-f', '-p', PART], { cwd, timeout: 600_000, accept: [0, 1] });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await rm(join(cwd, PART), { force: true });
    }
  }
  return null;
}

const PART = 'file-system.raw';

const copyPart = (disk: string, { start, size }: Place): string[] => [
  ...[
    'dd',
    `if=${disk}`,
    `of=${PART}`,
    'bs=1M',
    'iflag=skip_bytes,count_bytes',
    'conv=sparse',
    'status=none',
  ],
  ...[`skip=${start}`, `count=${size}`],
];

/** Bytes. */
interface Place {
  start: number;
  size: number;
}

async function extFileSystems(folder: string, disk: string): Promise<Place[]> {
  const partitions = await partitionsOf(folder, disk);
  await using file = await openPlain(join(folder, disk));
  const whole = { start: 0, size: (await file.stat()).size };
  const found: Place[] = [];
  for (const { start, size } of partitions.length === 0 ? [whole] : partitions) {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, start + EXT_MAGIC.at);
    if (buffer.readUInt16LE() === EXT_MAGIC.value) found.push({ start, size });
  }
  return found;
}
