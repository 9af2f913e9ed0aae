import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXT_MAGIC } from '../disk/ext4.ts';
import { partitionsOf } from '../disk/partitions.ts';
import { bootTool, runConfined } from '../machine/confined.ts';
import { openPlain } from '../machine/machine.ts';
import { firstWords } from '../guest/words.ts';

type Kind = 'ext' | 'fat';

/** A file system on a disk; bytes. */
interface Place {
  kind: Kind;
  start: number;
  size: number;
}

/**
 * What looks a file system over, and its exit codes for one in order. e2fsck does what is done at a start: it replays the
 * journal, and 1 is for what it may fix by itself. What it calls damage stays, as all does with FAT, which has no journal.
 * Sources: e2fsck(8), -p and "EXIT CODE"; fsck.fat(8), -n and "EXIT STATUS".
 */
const CHECKS: Record<Kind, { tool: string; options: string[]; whole: number[] }> = {
  ext: { tool: 'e2fsck', options: ['-f', '-p'], whole: [0, 1] },
  fat: { tool: 'fsck.fat', options: ['-n'], whole: [0] },
};

/** @throws TwinproofError `unsupported` where this machine has nothing to look them over with */
export function needFileSystemTools(): void {
  for (const { tool } of Object.values(CHECKS)) bootTool(tool);
}

/** What is broken in the file systems of a disk that nothing has mounted; null when nothing is. */
export async function brokenFileSystem(disk: string): Promise<string | null> {
  const cwd = dirname(disk);
  // By itself in a file: having replayed a journal, e2fsck 1.47 forgets where on a disk the file system begins.
  const part = `${basename(disk)}.part`;
  for (const place of await fileSystems(cwd, basename(disk))) {
    try {
      await runConfined(copyPart(basename(disk), part, place), { cwd, timeout: 600_000 });
      if (place.kind === 'fat') await forgetMount(join(cwd, part));
      const { tool, options, whole } = CHECKS[place.kind];
      const { code, stdout, words } = await runConfined([tool, ...options, part], {
        ...{ cwd, timeout: 600_000, accept: 'any' },
      });
      if (!whole.includes(code)) return `${tool}: ${said(stdout) || words}`;
    } finally {
      await rm(join(cwd, part), { force: true });
    }
  }
  return null;
}

/** The first words, without the name of the tool. */
const said = (stdout: Buffer): string =>
  firstWords(stdout.toString('utf8').replace(/^fsck\.fat .*\n/, ''), 300);

/** Skips what is a hole; most of a disk is. */
const copyPart = (disk: string, part: string, { start, size }: Place): string[] => [
  ...['qemu-img', 'convert', '-O', 'raw', '--image-opts'],
  ...[`driver=raw,offset=${start},size=${size},file.driver=file,file.filename=${disk}`, part],
];

/** Where Linux notes that FAT32 is mounted: in itself no damage. Source: Linux, fs/fat/inode.c, fat_set_state(). */
const STATE = 65;

async function forgetMount(part: string): Promise<void> {
  await using file = await openPlain(part, 'write');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, STATE);
  await file.write(Buffer.from([buffer.readUInt8() & ~1]), 0, 1, STATE);
}

async function fileSystems(folder: string, disk: string): Promise<Place[]> {
  const partitions = await partitionsOf(folder, disk);
  await using file = await openPlain(join(folder, disk));
  const whole = { start: 0, size: (await file.stat()).size };
  const found: Place[] = [];
  for (const { start, size } of partitions.length === 0 ? [whole] : partitions) {
    const { buffer } = await file.read(Buffer.alloc(2048), 0, 2048, start);
    const kind = kindOf(buffer);
    if (kind !== null) found.push({ kind, start, size });
  }
  return found;
}

/** Source of FAT32's name and its place: Microsoft, FAT32 File System Specification, "BS_FilSysType". */
function kindOf(head: Buffer): Kind | null {
  if (head.readUInt16LE(EXT_MAGIC.at) === EXT_MAGIC.value) return 'ext';
  return head.toString('latin1', 82, 87) === 'FAT32' ? 'fat' : null;
}
