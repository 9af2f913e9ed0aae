import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Duplex } from 'node:stream';
import { TwinproofError } from '../../errors.ts';
import type { HostPace } from '../machine/host-pace.ts';
import type { Machine } from '../machine/machine.ts';
import { startLine } from './agent.ts';
import { stuckInPanic } from './panic.ts';
import { type Reply, ReplyReader, silent, unreachable } from './replies.ts';
import type { SshAccess } from './ssh.ts';
import { enter } from './ways.ts';
import { firstWords, lastWords } from './words.ts';

export interface CommandResult {
  /** As the shell has it: 137 for a command that was killed when its time was up. */
  status: number;
  stdout: Buffer;
  stderr: Buffer;
  /** It did not end within its time, which no lack of speed of the host explains. */
  timedOut: boolean;
}

/** What is known of a machine beside what the guest says. */
interface Opening {
  /** Of a machine that is as fast as limits are made for. */
  seconds: number;
  pace: HostPace;
  /** For a guest that nobody could tell to open its shell for debugging. */
  ssh: SshAccess | null;
}

/** Bytes of output and errors of one command. */
const ANSWER_LIMIT = 64 * 2 ** 20;
/** Seconds that a guest has beyond a command's own time to say how it ended. */
const GRACE = 20;
/** Seconds after a panic in which a machine may end or start again; one that is not told to do so stays as it is. */
const PANICKED = 15;
const KILLED = 137;
/** A command that ran, and failed. */
export function refused(
  script: string,
  { status, stderr }: Pick<CommandResult, 'status' | 'stderr'>,
): TwinproofError {
  const words = lastWords(stderr.toString('utf8'), 200);
  const [first = ''] = script.trim().split('\n');
  const said = words === '' ? ' and said nothing' : `: ${words}`;
  return new TwinproofError('guest-unreachable', `a command in the guest ended with ${status}${said}`, {
    hint: `it was: ${firstWords(first, 100)}`,
  });
}

/** A command that did not end within its time. @param reason why that says nothing of the guest; null when it does */
export function late(seconds: number, reason: string | null): TwinproofError {
  const why = reason === null ? '' : `: ${reason}`;
  return new TwinproofError('timeout', `a command in the guest did not end within ${seconds} s${why}`, {
    hint: reason === null ? 'see the console in the evidence' : 'run it again when less runs beside it',
  });
}

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
  readonly #pace: HostPace;
  /** It did not say how a command ended. */
  silent = false;
  #fault: Error | null = null;
  #next = 1;

  private constructor(machine: Machine, nonce: string, pace: HostPace) {
    this.#stream = machine.channel;
    this.#pace = pace;
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
   * @throws TwinproofError `guest-unreachable`, `timeout`
   */
  static async open(machine: Machine, { seconds, pace, ssh }: Opening): Promise<GuestChannel> {
    const nonce = randomBytes(8).toString('hex');
    const channel = new GuestChannel(machine, nonce, pace);
    const { slowness } = pace.proved;
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
   * @throws TwinproofError `timeout` when it does not end in time
   */
  async run(script: string, seconds = 30): Promise<CommandResult> {
    const result = await this.attempt(script, seconds);
    if (result.timedOut) throw late(this.#limit(seconds), null);
    return result;
  }

  /**
   * The same for what it says something of a guest that it does not end in time.
   * @throws TwinproofError `timeout` when the host was too slow to say so
   */
  async attempt(script: string, seconds: number): Promise<CommandResult> {
    const from = await this.#pace.now();
    const result = await this.#send(script, this.#limit(seconds));
    if (!result.timedOut) return result;
    const reason = await this.#pace.tooSlowSince(from, this.#pace.proved.slowness);
    if (reason !== null) throw late(this.#limit(seconds), reason);
    return result;
  }

  #limit(seconds: number): number {
    return Math.ceil(seconds * this.#pace.proved.slowness);
  }

  async #send(script: string, limit: number): Promise<CommandResult> {
    const id = this.#next++;
    const bytes = Buffer.from(script);
    this.#stream.write(Buffer.concat([Buffer.from(`${id} ${limit} ${bytes.length}\n`), bytes]));
    const started = Date.now();
    const most = limit + this.#limit(GRACE);
    const reply = await this.#take(
      (one) => one.kind === 'done' && one.id === id,
      AbortSignal.timeout(most * 1000),
    );
    this.silent = reply?.kind !== 'done';
    if (reply?.kind !== 'done') throw silent(`no answer within ${most} s`);
    const timedOut = reply.status === KILLED && Date.now() - started >= limit * 1000;
    return { status: reply.status, stdout: reply.stdout, stderr: reply.stderr, timedOut };
  }

  /**
   * The output of a script that must succeed.
   * @throws TwinproofError `guest-unreachable` with its last words, `timeout`
   */
  async read(script: string, seconds?: number): Promise<string> {
    const result = await this.run(script, seconds);
    if (result.status !== 0) throw refused(script, result);
    return result.stdout.toString('utf8');
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
