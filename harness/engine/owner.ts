import { readFileSync } from 'node:fs';

/**
 * Who owns a container or scratch folder. A pid alone can be reused after a crash or reboot, so the start time
 * of the process (proc(5), field 22 of stat) and the boot id go with it.
 */
export interface Owner {
  run: string;
  pid: number;
  started: string;
  boot: string;
}

export function currentOwner(run: string): Owner {
  return { run, pid: process.pid, started: startTime(process.pid) ?? '0', boot: bootId() };
}

/** Whether the process that made a thing still runs. */
export function isAlive(owner: Owner): boolean {
  return owner.boot === bootId() && startTime(owner.pid) === owner.started;
}

function startTime(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may hold spaces itself.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown';
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
