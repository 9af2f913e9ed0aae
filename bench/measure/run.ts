import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** What one run of a command took. */
export interface Measured {
  seconds: number;
  /** User and system time of the command and all it started; seconds. */
  cpu: number;
  /** Largest sum of resident memory of the whole process tree, sampled; MiB. */
  memory: number;
  /** Null when it was ended by the time limit. */
  exit: number | null;
}

/** Clock ticks a second in /proc; Linux shows 100 whatever it counts with. */
const TICKS = 100;

function statFields(pid: number | 'self'): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** CPU seconds of all children that have ended and were waited for. proc(5): cutime and cstime. */
function childrenCpu(): number {
  const fields = statFields('self');
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** What a process has of memory, and by what to tell that it is the memory of its parent. */
interface Memory {
  /** MiB. */
  resident: number;
  program: string;
}

function memoryOf(pid: number): Memory | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kibibytes = (field: string): number =>
      Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    return { resident: kibibytes('VmRSS') / 1024, program: `${kibibytes('VmSize')} ${command}` };
  } catch {
    return null;
  }
}

function parents(): Map<number, number> {
  const map = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      map.set(Number(name), Number(statFields(Number(name))[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  return map;
}

function treeMemory(root: number): number {
  const above = parents();
  const belongs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = above.get(at)) {
      if (at === root) return true;
    }
    return false;
  };
  const found = new Map([...above.keys()].filter(belongs).map((pid) => [pid, memoryOf(pid)]));
  // Until it is another program, a child has the memory of its parent, which counts once (vfork(2), fork(2)).
  const shared = (pid: number): boolean =>
    pid !== root && found.get(pid)?.program === found.get(above.get(pid) ?? 0)?.program;
  return [...found].reduce((sum, [pid, memory]) => sum + (shared(pid) ? 0 : (memory?.resident ?? 0)), 0);
}

export interface Command {
  argv: readonly [string, ...string[]];
  folder: string;
  /** Seconds. */
  limit?: number;
  /** A file for what it prints, which is thrown away otherwise. */
  output?: string;
  /** Variables besides our own. */
  env?: Record<string, string>;
  /** Milliseconds between two looks at the memory; for what runs long, more than the usual 20. */
  sampling?: number;
}

/** Runs a command to its end, in a process group of its own that the time limit ends as a whole. */
export async function run(command: Command): Promise<Measured> {
  const { argv, folder, limit = 3600, output = '/dev/null', env = {}, sampling = 20 } = command;
  const before = childrenCpu();
  const start = performance.now();
  const [program, ...rest] = argv;
  const file = openSync(output, 'w');
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', file, 'ignore'],
    detached: true,
  });
  closeSync(file);
  const { pid } = child;
  let memory = 0;
  const sampler = setInterval(() => (memory = Math.max(memory, treeMemory(pid ?? 0))), sampling);
  const timer = setTimeout(() => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  }, limit * 1000);
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(sampler);
  clearTimeout(timer);
  return { seconds: (performance.now() - start) / 1000, cpu: childrenCpu() - before, memory, exit };
}
