import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Machine } from '../machine/machine.ts';
import { startLine } from './agent.ts';
import { stuckInPanic } from './panic.ts';
import { type Reply, ReplyReader, unreachable } from './replies.ts';
import type { SshAccess } from './ssh.ts';
import { enter } from './ways.ts';

export interface CommandResult {
  /** As the shell has it: 137 for a command that was killed when its time was up. */
  status: number;
  stdout: Buffer;
  stderr: Buffer;
  /** It did not end within its time. */
  timedOut: boolean;
}

/** Bytes of output and errors of one command. */
const ANSWER_LIMIT = 64 * 2 ** 20;
/** Seconds that a guest has beyond a command's own time to say how it ended. */
const GRACE = 20;
/** Seconds after a panic in which a machine may end or start again; one that is not told to do so stays as it is. */
const PANICKED = 15;
const KILLED = 137;
/**
 * Runs commands as root in a guest that was not changed for it: a shell that is there (see ways.ts) starts an agent on a
 * virtio port, and the agent does the rest.
 */
export class GuestChannel {
  /** How commands get in. */
  how = '';
  readonly #stream: Duplex;
  readonly #replies: Reply[] = [];
  readonly #changes = new EventEmitter();
  readonly #slowness: number;
  #fault: Error | null = null;
  #next = 1;

  private constructor(machine: Machine, nonce: string, slowness: number) {
    this.#stream = machine.channel;
    this.#slowness = slowness;
    const reader = new ReplyReader(nonce, ANSWER_LIMIT);
    machine.channel.on('data', (piece: Buffer) => {
      if (this.#fault !== null) return;
      try {
        this.#replies.push(...reader.push(piece));
      } catch (error) {
        this.#fault = error as Error;
      }
      this.#changes.emit('change');
    });
    void machine.ended.then(({ words }) =>
      this.#fail(`the machine ended${words === '' ? '' : ` (${words})`}`),
    );
  }

  #fail(reason: string): void {
    this.#fault ??= unreachable(reason);
    this.#changes.emit('change');
  }

  /**
   * Waits for a shell of the guest's and starts the agent.
   * @param seconds of a machine that is as fast as limits are made for
   * @param ssh for a guest that nobody could tell to open its shell for debugging
   * @throws TwinproofError `guest-unreachable`
   */
  static async open(
    machine: Machine,
    { seconds, slowness, ssh }: { seconds: number; slowness: number; ssh: SshAccess | null },
  ): Promise<GuestChannel> {
    const nonce = randomBytes(8).toString('hex');
    const channel = new GuestChannel(machine, nonce, slowness);
    const stop = new AbortController();
    try {
      const stuck = stuckInPanic(machine.console, { grace: PANICKED * slowness, signal: stop.signal });
      void stuck.then((is) => is && channel.#fail('its kernel panicked'));
      channel.how = await enter(machine, startLine(nonce), {
        ...{ seconds, slowness, ssh },
        answered: async (signal) => (await channel.#take(({ kind }) => kind === 'ready', signal)) !== null,
      });
      return channel;
    } finally {
      stop.abort();
    }
  }

  /**
   * Runs a script with sh as root. Only one runs at a time.
   * @param seconds of a machine that is as fast as limits are made for
   * @throws TwinproofError `guest-unreachable` when the guest does not say how it ended
   */
  async run(script: string, seconds = 30): Promise<CommandResult> {
    const id = this.#next++;
    const limit = Math.ceil(seconds * this.#slowness);
    const bytes = Buffer.from(script);
    this.#stream.write(Buffer.concat([Buffer.from(`${id} ${limit} ${bytes.length}\n`), bytes]));
    const started = Date.now();
    const most = Math.ceil(limit + GRACE * this.#slowness);
    const reply = await this.#take(
      (one) => one.kind === 'done' && one.id === id,
      AbortSignal.timeout(most * 1000),
    );
    if (reply?.kind !== 'done') throw unreachable(`no answer within ${most} s`);
    const timedOut = reply.status === KILLED && Date.now() - started >= limit * 1000;
    return { status: reply.status, stdout: reply.stdout, stderr: reply.stderr, timedOut };
  }

  /**
   * The output of a script that must succeed.
   * @throws TwinproofError `guest-unreachable` with its last words
   */
  async read(script: string, seconds?: number): Promise<string> {
    const { status, stdout, stderr, timedOut } = await this.run(script, seconds);
    if (status === 0) return stdout.toString('utf8');
    const words = stderr.toString('utf8').trim().replaceAll(/\s+/g, ' ').slice(-200);
    throw unreachable(timedOut ? 'a command did not end' : `a command ended with ${status}: ${words}`);
  }

  /** @returns null when it did not come before the signal */
  async #take(fits: (reply: Reply) => boolean, signal: AbortSignal): Promise<Reply | null> {
    for (;;) {
      const at = this.#replies.findIndex(fits);
      const [reply] = at < 0 ? [] : this.#replies.splice(at, 1);
      if (reply !== undefined) return reply;
      if (this.#fault !== null) throw this.#fault;
      if (signal.aborted) return null;
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
  }
}
