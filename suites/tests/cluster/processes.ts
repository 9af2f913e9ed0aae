import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines of a log that are shown when a program has ended. */
const SHOWN = 15;

/** Programs that run until the cluster goes, each with a log of its own. */
export class Processes implements AsyncDisposable {
  readonly #logs: string;
  readonly #running = new Map<string, ChildProcess>();

  constructor(logs: string) {
    this.#logs = logs;
  }

  async start(name: string, command: readonly string[], env: Record<string, string> = {}): Promise<void> {
    await using log = await open(this.#log(name), 'a');
    const [file = '', ...args] = command;
    const stdio = ['ignore', log.fd, log.fd] as const;
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: [...stdio] });
    await once(child, 'spawn');
    this.#running.set(name, child);
  }

  /** @throws Error with the end of its log when one of them has ended */
  async requireRunning(): Promise<void> {
    for (const [name, child] of this.#running) {
      if (!hasEnded(child)) continue;
      const log = await readFile(this.#log(name), 'utf8');
      throw new Error(`${name} ended:\n${log.trimEnd().split('\n').slice(-SHOWN).join('\n')}`);
    }
  }

  /** Kills it, with all that it started where it is the first process of a namespace. */
  async kill(name: string): Promise<void> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #log(name: string): string {
    return join(this.#logs, `${name}.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [...this.#running.keys()].reverse()) await this.kill(name);
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
