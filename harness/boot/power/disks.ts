import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { runConfined } from '../machine/confined.ts';

/** Copies a disk to another name in its folder, its holes as holes. The folder belongs to QEMU's user. */
export async function copyDisk(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await runConfined(['cp', '--sparse=always', basename(from), basename(to)], {
    cwd: dirname(from),
    timeout: 600_000,
  });
}
