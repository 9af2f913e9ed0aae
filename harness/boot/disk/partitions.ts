import { z } from 'zod';
import { runConfined } from '../machine/confined.ts';

/** A partition; bytes. */
export interface Partition {
  start: number;
  size: number;
  /** It is one that firmware looks into. */
  esp: boolean;
}

/** Source: sfdisk(8), --json; units are sectors. */
const table = z.object({
  partitiontable: z.object({
    label: z.enum(['gpt', 'dos']),
    sectorsize: z.number().int().min(512).max(4096),
    partitions: z
      .array(
        z.object({
          start: z.number().int().nonnegative(),
          size: z.number().int().nonnegative(),
          type: z.string(),
        }),
      )
      .default([]),
  }),
});

/** EFI system partitions. Source: UEFI 2.10, tables 5.2.2 and 5.3.3. */
const ESP = { gpt: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', dos: 'ef' } as const;

/**
 * The partitions of a disk, by sfdisk, which runs confined like QEMU; none where there is no table that it knows.
 * @param folder holds the disk
 */
export async function partitionsOf(folder: string, disk: string): Promise<Partition[]> {
  const { stdout } = await runConfined(['sfdisk', '--json', disk], { cwd: folder, accept: [0, 1] });
  return parsePartitions(stdout.toString('utf8'));
}

/** Reads what sfdisk prints. */
export function parsePartitions(text: string): Partition[] {
  const parsed = table.safeParse(jsonOf(text));
  if (!parsed.success) return [];
  const { label, sectorsize, partitions } = parsed.data.partitiontable;
  return partitions.map(({ start, size, type }) => ({
    start: start * sectorsize,
    size: size * sectorsize,
    esp: type === ESP[label],
  }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
