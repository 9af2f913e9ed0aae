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

/**
 * Has a file system that was not unmounted brought in order, as at a start, and says what is broken beyond that: 1 is
 * the exit code of e2fsck for what it may mend by itself. Source: e2fsck(8), -p and "EXIT CODE".
 */
export async function brokenFileSystem(disk: string): Promise<string | null> {
  try {
    const command = ['e2fsck', '-f', '-p', basename(disk)];
    await runConfined(command, { cwd: dirname(disk), timeout: 600_000, accept: [0, 1] });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
