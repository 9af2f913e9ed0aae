import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SshAccess } from '../guest/ssh.ts';
import type { Proved } from '../machine/accelerator.ts';
import { handOverEmpty } from '../machine/confined.ts';
import { Machine, type MachineFolder } from '../machine/machine.ts';
import type { Accelerator, BootSpec } from '../machine/types.ts';
import type { BootMethod } from './boot-method.ts';

/** Names in the folder of a machine: the disk that a start begins with, what it writes, all that it wrote, and releases. */
export const FILES = {
  base: 'base.raw',
  overlay: 'disk.qcow2',
  log: 'writes.log',
  update: 'update.raw',
} as const;

/** Emulated machines run side by side, and hinder one another where each has more processors than the host can give it. */
const CPUS: Record<Accelerator, number> = { kvm: 2, tcg: 1 };
/** MiB. */
const MEMORY = 1024;

interface Launch {
  folder: MachineFolder;
  proved: Proved;
  boot: BootSpec;
  /** There is a disk with releases. */
  update: boolean;
  /** All writes are logged. */
  logWrites: boolean;
  bootMethod: BootMethod;
  ssh: SshAccess | null;
}

/** Starts a machine from the disk in its folder, with a new overlay over that. */
export async function launch(start: Launch): Promise<Machine> {
  const { folder, proved, boot, update, logWrites, bootMethod, ssh } = start;
  const { path } = folder;
  const base = join(path, FILES.base);
  await rm(join(path, FILES.overlay), { force: true });
  await folder.overlay(FILES.overlay, (await stat(base)).size);
  const log = logWrites ? { log: await handOverEmpty(path, FILES.log) } : {};
  return Machine.start(path, {
    ...{ architecture: proved.architecture, accelerator: proved.accelerator },
    ...{ cpus: CPUS[proved.accelerator], memory: MEMORY, boot },
    disks: [
      { base, format: 'raw', overlay: FILES.overlay, ...log },
      ...(update ? [{ base: join(path, FILES.update), format: 'raw' as const, overlay: null }] : []),
    ],
    network: bootMethod.network === true,
    credentials: new Map([...(bootMethod.credentials ?? []), ...(ssh?.credentials ?? [])]),
  });
}
